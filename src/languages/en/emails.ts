/** English texts of e-mails, by their kind. `{…}` is a placeholder. */
export const emails = {
  /** Labels of the link. */
  links: {
    resetPassword: 'Choose a new password',
    signIn: 'Sign in',
    verifyEmail: 'Confirm the address',
    revokeSession: 'End the session',
  },
  /** Sentences that several e-mails have. */
  notYou:
    'If this was you, you need to do nothing. If this was not you, choose another password at once:',
  ignore: 'If this was not you, you need to do nothing.',
  contactOperator: 'If you cannot sign in any more, contact the operator of {service}.',
  /** `{duration}`: “10 minutes”, by Intl. */
  codeLifetime: 'The code is valid for {duration}. Do not share it.',
  linkLifetime: 'The link is valid once, for {duration}.',
  passkeyName: 'Name of the passkey: {name}',
  'verification-code': {
    subject: 'Confirm your address for {service}',
    intro: 'Enter this code to confirm your e-mail address:',
    otherwise:
      'If this was not you, you need to do nothing: without the code the address stays unconfirmed.',
  },
  'registration-code': {
    subject: 'Confirm your address for {service}',
    intro:
      'Somebody, perhaps you, asked to create an account with this address. Enter this code to confirm it:',
    oneRegistration:
      'The code is valid with the password of this registration only: each registration has a code of its own.',
    otherwise:
      'If this was not you, you need to do nothing: without the code there will be no account.',
  },
  'registration-attempt': {
    subject: 'You already have an account at {service}',
    intro:
      'Somebody, perhaps you, asked to create an account with this address. There is one already, and nothing about it was changed. If you have forgotten its password:',
  },
  'password-reset': {
    subject: 'Reset your password for {service}',
    intro: 'Follow this link to choose a new password:',
    otherwise: 'If this was not you, you need to do nothing: your password stays as it is.',
  },
  'password-changed': {
    subject: 'Your password for {service} was changed',
    intro:
      'The password of your account was changed. If this was you, you need to do nothing. If this was not you, take the account back at once:',
    passkeysStay:
      'The passkeys of your account sign in as before. Sign in, and remove those that are not yours.',
    neverSent: 'Passwords are never sent by e-mail.',
  },
  'email-change-code': {
    subject: 'Confirm your new address for {service}',
    intro: 'Enter this code to make this the e-mail address of your account:',
    otherwise: 'If this was not you, you need to do nothing: without the code nothing changes.',
  },
  'email-change-notice': {
    subject: 'A new address was asked for at {service}',
    intro:
      'Somebody, perhaps you, asked to replace this e-mail address of your account. That happens as soon as the new address is confirmed. If this was not you, choose another password at once:',
    otherwise: 'If this was you, you need to do nothing here.',
  },
  'email-changed': {
    subject: 'Your address for {service} was changed',
    intro:
      'Your account has another e-mail address now, and this is the last e-mail to this one. If this was you, you need to do nothing. If this was not you, sign in while your password still works, and change your password and the address:',
  },
  'factor-added': {
    subject: 'An authenticator app was added at {service}',
    intro:
      'Signing in to your account now asks for a code of an authenticator app besides the password.',
    keepCodes: 'Keep the recovery codes where you find them without your phone.',
  },
  'factor-removed': {
    subject: 'An authenticator app was removed at {service}',
    intro: 'An authenticator app was removed from your account.',
  },
  'recovery-codes-replaced': {
    subject: 'New recovery codes at {service}',
    intro: 'New recovery codes were made for your account, and the old ones are void.',
    neverSent: 'Recovery codes are never sent by e-mail.',
  },
  'recovery-code-used': {
    subject: 'A recovery code was used at {service}',
    intro: 'A recovery code of your account was used in place of the authenticator app.',
    left: 'Recovery codes left: {left}. New ones can be made on the account page.',
  },
  'passkey-added': {
    subject: 'A passkey was added at {service}',
    intro:
      'A passkey was added to your account, and signs in without the password. If this was you, you need to do nothing. If this was not you, sign in and remove it at once:',
    passwordToo: 'Then choose another password. A new password alone does not remove a passkey.',
  },
  'passkey-removed': {
    subject: 'A passkey was removed at {service}',
    intro: 'A passkey was removed from your account, and can no longer sign in to it.',
  },
  'passkey-counted-back': {
    subject: 'A passkey at {service} may have been copied',
    intro:
      'A passkey of your account was just used, and its device has counted no more signatures than the last time. If this was you, the device was probably reset or repaired. If this was not you, somebody may have a copy of it: sign in and remove it at once:',
  },
  'password-removed': {
    subject: 'The password of your account at {service} was removed',
    intro:
      'Your account has no password any more: it is signed in to with its passkeys. If this was you, you need to do nothing. If this was not you, choose a new password at once:',
    removePasskeys: 'Then sign in, and remove the passkeys that are not yours.',
  },
  'factors-reset': {
    subject: 'Your second factor at {service} was reset',
    intro:
      'The operator of {service} removed the authenticator apps, passkeys and recovery codes of your account. If you asked for this, sign in with your password, or choose one below where you have none, and set up new ones.',
    otherwise:
      'If you did not ask for this, choose another password at once, and contact the operator of {service}.',
  },
  'new-device': {
    subject: 'A new sign-in at {service}',
    intro: 'Your account was just signed in to on a device that was not used for it before:',
    otherwise:
      'If this was you, you need to do nothing. If this was not you, end that session and choose a new password at once:',
  },
  'account-deleted': {
    subject: 'Your account at {service} was deleted',
    intro: 'Your account was deleted with all of its data.',
    otherwise: 'If you did not ask for this, contact the operator of {service}.',
  },
};

export type Emails = typeof emails;
