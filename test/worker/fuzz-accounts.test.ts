/** What fuzz-sessions.test.ts says, of register, codes, links, and changes of an account. */
import { isAroundAccounts } from '../support/fuzz/fixture.ts';
import { fuzz } from '../support/fuzz/contract-fuzz.ts';

fuzz(isAroundAccounts);
