/** Mutated codes, enrolments and changes of second factors. */
import { fuzz, isOfFactors } from '../support/fuzz/contract-fuzz.ts';

fuzz(isOfFactors);
