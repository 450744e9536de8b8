/** Mutated logins, refreshes and requests of sessions; fuzz-accounts.test.ts has the other operations. */
import { fuzz, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz(isOfSessions);
