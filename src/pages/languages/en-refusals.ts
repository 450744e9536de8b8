/** English texts of refusals, by reason. */
export const refusals = {
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
  'second-factor-required': 'A code of your second step is needed. Please sign in again.',
  'enrolment-required':
    'Your account needs a second step, and JavaScript to set it up. Please allow it, and sign in again.',
  'invalid-factor': 'This code is not right, or it has been used. Please enter another.',
  'expired-step': 'That took too long, or your account has changed. Please sign in again.',
  'reauthentication-required': 'Please prove once more that it is you.',
  'too-many-factors': 'You have as many authenticator apps as there can be.',
  'invalid-passkey':
    'This passkey was not accepted. Please use another one, or sign in another way.',
  'expired-challenge': 'That took too long. Please try again.',
  'unacceptable-passkey': 'This account needs a passkey that stays on its device.',
  'too-many-passkeys': 'You have as many passkeys as there can be.',
  'last-way-in':
    'You could not sign in without it. Please add another passkey, or make recovery codes, first.',
  'cross-site': 'This form was sent from another site, so it was not accepted.',
  'not-found': 'It is no longer there.',
  insecure: 'Please open this page over https.',
  internal: 'Something went wrong on our side. Please try again, or ask support for help.',
};
