/** Mutated registrations, codes, links and changes of accounts. */
import { fuzz } from '../support/fuzz/contract-fuzz.ts';

fuzz((route) => !/^(?:login|refresh|logout|logout-all|profile|sessions)\b/.test(route));
