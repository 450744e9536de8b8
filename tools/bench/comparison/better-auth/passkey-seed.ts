/** Creates the tables of better-auth with its plugin for passkeys, and users. */
import { createPasskeyAuth } from './passkey.ts';
import { seedWith } from './seed.ts';

export default seedWith(createPasskeyAuth);
