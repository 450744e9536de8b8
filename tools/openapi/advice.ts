/** The duty of a frontend after each refusal. docs/from-your-frontend.md lists them, too. */
import type { Reason } from './samples.ts';

export const ADVICE: Record<Reason, string> = {
  malformed: 'Show each message at its field',
  'unknown-variant': 'Fix the request: its path has several operations',
  invalid: 'Say that name or password is wrong, never which of them, and keep the name in the form',
  'second-factor-required':
    'Ask for a code and send it with the challenge, within five minutes; the password is not asked for again',
  'enrolment-required':
    'Set up an authenticator app with the challenge, and send its first code with it',
  'invalid-factor': 'Ask for another code; each wrong one counts like a wrong password',
  'expired-step': 'Begin the sign-in anew',
  'reauthentication-required':
    'Ask for a proof by one of `methods`, send it to `reauthenticate`, and repeat the request',
  'too-many-factors': 'Offer to remove an app first',
  'invalid-passkey': 'Offer another way to sign in',
  'expired-challenge': 'Ask for new options, once without asking the user',
  'unacceptable-passkey':
    'Ask for a passkey that stays on its device, such as one of a security key',
  'too-many-passkeys': 'Offer to remove a passkey first',
  'last-way-in': 'Offer to add another way to sign in first',
  inactive: 'Say that the account is inactive, and where support is',
  unverified: 'Offer to send a code, and ask for it',
  locked:
    'Show when the lock ends (`Retry-After`), and offer a password reset, which ends it at once',
  limited: 'Show when to try again (`Retry-After`), and repeat nothing without the user',
  busy: 'Send it again after `Retry-After` seconds, once',
  unauthenticated: 'Refresh once and repeat the request once; after that, ask to sign in',
  taken: 'Ask for another name',
  'invalid-code': 'Ask again, and offer to send a new code',
  'invalid-link': 'Offer to send a new link',
  'cross-site': 'Add the frontend’s origin to `ALLOWED_ORIGINS`',
  'not-found': 'Read the list again: the entry is gone',
  insecure: 'Call over https',
  internal: 'Say that it failed, and let the user try again after `Retry-After` seconds',
  'unknown-path': 'Fix the request',
  'wrong-method': 'Fix the request',
};

export const ADVICE_UNTIL_RESET =
  'Offer a password reset: nothing else but an operator ends this lock';

/** Advice after the 401 of `refresh`, and of contracts without refresh tokens: no refresh can help. */
export const ADVICE_SIGN_IN = 'Forget the tokens, and ask to sign in';
