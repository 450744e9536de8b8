/** Mutated logins, refreshes and requests of sessions; fuzz-accounts.test.ts has the other operations. */
import { fuzz } from '../support/fuzz/contract-fuzz.ts';

fuzz((route) => /^(?:login|refresh|logout|logout-all|profile|sessions)\b/.test(route));
