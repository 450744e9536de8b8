/** Mutated logins, refreshes and requests of sessions; the other files of this name have the others. */
import { fuzz, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz(isOfSessions);
