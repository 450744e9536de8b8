/** Entry point of the script for passkeys: the ceremonies, and signing in. */
export { ceremonyError, createPasskey, signChallenge } from './ceremonies.ts';
export { signInWithPasskey, startPasskeySignIn } from './passkey-sign-in.ts';
