/** Mutated registrations, codes, links and changes of accounts. */
import { fuzz, isOfFactors, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz((operation) => !isOfSessions(operation) && !isOfFactors(operation));
