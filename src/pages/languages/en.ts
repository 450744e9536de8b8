/** English messages, the reference of the other languages. `{…}` is a placeholder. */
export const en = {
  tag: 'en',
  scriptsOff: 'This page needs JavaScript. Please allow it for this site, and load it again.',
  signedInScriptsOff:
    'You are signed in. Your profile and sessions are shown once JavaScript is on.',
  fields: {
    email: 'E-mail',
    username: 'Username',
    usernameOrEmail: 'Username or e-mail',
    name: 'Name (optional)',
    password: 'Password',
    newPassword: 'New password',
    currentPassword: 'Current password',
    passwordHint: 'At least {least} characters. A few words in a row make a good one.',
    code: 'Code from the e-mail',
    remember: 'Keep me signed in on this device',
    show: 'Show',
    showPassword: 'Show password',
  },
  login: {
    title: 'Sign in',
    intro: 'Good to see you again.',
    submit: 'Sign in',
    forgot: 'Forgot your password?',
    newHere: 'New here?',
    register: 'Create an account',
  },
  register: {
    title: 'Create an account',
    intro: 'We send a code to your e-mail address to make sure that it is yours.',
    submit: 'Create account',
    haveOne: 'Have an account already?',
    signIn: 'Sign in',
  },
  verify: {
    title: 'Confirm your e-mail',
    intro: 'Enter the six digits from the e-mail that we sent you, and your password.',
    submit: 'Confirm',
    again: 'Send a new code',
    back: 'Back to sign in',
  },
  forgot: {
    title: 'Forgot your password?',
    intro:
      'Tell us who you are. If there is an account, we send it a link to choose a new password.',
    submit: 'Send the link',
    back: 'Back to sign in',
  },
  reset: {
    title: 'Choose a new password',
    intro: 'All your sessions will end, and you sign in with the new password.',
    submit: 'Set the password',
    again: 'Ask for a new link',
  },
  home: {
    title: 'Your account',
    loading: 'Loading …',
    profile: 'Profile',
    sessions: 'Where you are signed in',
    changePassword: 'Change password',
    change: 'Change password',
    signOut: 'Sign out',
    signOutEverywhere: 'Sign out everywhere',
  },
  docs: { title: 'API reference', scriptsOff: 'The reference needs JavaScript.' },
  mail: {
    title: 'Local mail',
    intro: 'What this machine would have sent. It is kept here and sent to nobody.',
    none: 'No mail yet.',
    to: 'To',
    reload: 'Load again',
  },
  /** By the contract's identifier. Does not disclose which of the two is wrong. */
  invalid: { email: 'Wrong e-mail or password.', username: 'Wrong username or password.' },
  /** Messages of the script, which gets them in its page data. */
  script: {
    required: 'Please fill this in.',
    emailMalformed: 'This does not look like an e-mail address.',
    usernameMalformed: 'Please use 3 to 32 letters, digits, dots, dashes or underscores.',
    passwordShort: 'Please use at least {least} characters.',
    codeMalformed: 'The code has six digits.',
    weakPassword:
      'This password is too easy to guess, or too short or long. Please choose another.',
    wrongCurrent: 'The current password is not right.',
    offline: 'We cannot be reached. Please check your connection and try again.',
    storageBlocked:
      'Your browser keeps no data for this site, so you cannot stay signed in. Please allow it, and try again.',
    wait: 'You can try again in {time}.',
    again: 'You can try again now.',
    minutes: 'about {n} minutes',
    minute: 'about a minute',
    seconds: 'less than a minute',
    working: 'One moment …',
    codeSent:
      'If the account is waiting for a code, a new one is on its way. Only a few are sent an hour.',
    codeNeeded:
      'Your e-mail address is not confirmed yet. We have asked for a code to be sent to it; only a few are sent an hour.',
    codeNotSent: 'No code was sent.',
    linkSent: 'If there is such an account, a link is on its way. Please look into your mailbox.',
    passwordSet: 'Your new password is set. You can sign in with it.',
    passwordChanged: 'Your password is changed.',
    ended: 'The session has ended.',
    thisDevice: 'This device',
    lastUsed: 'Last used {time}',
    end: 'End',
    endOf: 'End the session: {device}',
    labels: { name: 'Name', username: 'Username', email: 'E-mail' },
    /** By reason of the refusal. */
    refusals: {
      malformed: 'Please check what you entered.',
      limited: 'Too many attempts from your network.',
      busy: 'Too many attempts at once.',
      locked:
        'This account is locked after too many failed attempts. Reset the password, or ask support for help.',
      'locked-until-reset':
        'This account is locked after too many failed attempts. Reset the password to open it, or ask support for help.',
      inactive: 'This account is inactive. Please ask support for help.',
      unverified: 'Your e-mail address is not confirmed yet.',
      unauthenticated: 'You are no longer signed in.',
      taken: 'This name is taken. Please choose another.',
      'email-taken': 'This address has an account already.',
      'invalid-code': 'This code is not right, or no longer good. You can ask for a new one.',
      'invalid-link': 'This link is no longer good. Please ask for a new one.',
      'cross-site': 'This form was sent from another site, so it was not accepted.',
      'not-found': 'It is no longer there.',
      insecure: 'Please open this page over https.',
      internal: 'Something went wrong on our side. Please try again, or ask support for help.',
    },
  },
};

export type Messages = typeof en;
