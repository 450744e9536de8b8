/** Mutated registrations, codes, links and changes of accounts. */
import { fuzz, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz((operation) => !isOfSessions(operation));
