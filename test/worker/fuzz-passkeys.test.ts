/** Mutated credentials, and changes of passkeys. */
import { fuzz, isOfPasskeys } from '../support/fuzz/contract-fuzz.ts';

fuzz(isOfPasskeys);
