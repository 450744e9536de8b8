/** Mutated logins, refreshes and requests of sessions; fuzz-accounts.test.ts and fuzz-factors.test.ts have the others. */
import { fuzz, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz(isOfSessions);
