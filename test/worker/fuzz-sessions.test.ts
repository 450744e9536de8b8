/**
 * Whatever is done to a request that would have been granted: never a failure of ours, always the
 * contract's own shape and its document's, nothing told or logged that should not be, and nothing
 * granted on what was not issued (support/fuzz/invariants.ts). That the cases reach what they are meant
 * for, successes and every refusal, is counted and asserted.
 *
 * A failing case prints its seed and itself; it is kept in support/fuzz/kept.ts. Here: logins and
 * sessions. fuzz-accounts.test.ts has the rest, so that both run at once.
 */
import { isAroundAccounts } from '../support/fuzz/fixture.ts';
import { fuzz } from '../support/fuzz/contract-fuzz.ts';

fuzz((operation) => !isAroundAccounts(operation));
