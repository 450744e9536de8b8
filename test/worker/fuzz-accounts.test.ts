/** Mutated registrations, codes, links and changes of accounts. */
import { fuzz, isOfFactors, isOfPasskeys, isOfSessions } from '../support/fuzz/contract-fuzz.ts';

fuzz((operation) => ![isOfSessions, isOfFactors, isOfPasskeys].some((isOf) => isOf(operation)));
