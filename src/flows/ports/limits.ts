/** Rate limits and lockouts: the Durable Objects behind limits/. */
import type { ReserveResult, TakeResult, Verdict } from '../../policy/lockout.ts';
import type { LockBegan, LockoutRules } from '../../policy/lockout-state.ts';
import type { LockoutView } from '../../policy/lockout-view.ts';
import type { RateLimitKey } from '../../policy/rate-limit-keys.ts';
import type { Admission, Limit } from '../../policy/throttle.ts';

/** `waitedMs`: how long the lockout kept the caller waiting for the ticket. */
export type TicketAnswer =
  | Exclude<ReserveResult, { state: 'ticket' }>
  | { state: 'ticket'; waitedMs: number }
  | { state: 'busy' };

/** Not null in one answer for each lock: the receiver of that answer records it in the audit. */
export interface LockReport {
  lockBegan: LockBegan | null;
}

export type Reservation = TicketAnswer & LockReport;

export type Taking = TakeResult & LockReport;

export interface Settlement extends LockReport {
  /** False: the ticket had expired, and its verdict must not be told. */
  settled: boolean;
}

export interface RememberedRefusal {
  untilMs: number;
}

/** `key` is a lockout key (`Pseudonyms.lockoutKey`); no identifier stands in an object's name. */
export interface Limits {
  /** Returns the refusal of the address that this isolate remembers. Makes no call. */
  rememberedRefusal(address: string, limit: Limit): RememberedRefusal | null;
  consumeAddress(address: string, limit: Limit): Promise<Admission>;
  /** The same for anything else that is rationed; the keys are those of policy/rate-limit-keys.ts. */
  consume(key: RateLimitKey, limit: Limit): Promise<Admission>;
  reserve(key: string, ticket: string, rules: LockoutRules): Promise<Reservation>;
  /** For the holder of a `queued` reservation. Answers `ticket`, `locked` or `busy`. */
  wait(key: string, ticket: string, rules: LockoutRules): Promise<Reservation>;
  /**
   * Takes the ticket that a login's step left out, for one try at the second factor. The try settles
   * it as `ticket`, a name of its own.
   */
  take(key: string, taking: { step: string; ticket: string; rules: LockoutRules }): Promise<Taking>;
  settle(
    key: string,
    settling: { ticket: string; verdict: Verdict; rules: LockoutRules },
  ): Promise<Settlement>;
  /** The lockout at this moment; asking changes nothing. */
  view(key: string, rules: LockoutRules): Promise<LockoutView>;
  /** Forgets failures and lock: the owner has been authenticated by other means. */
  clear(key: string, rules: LockoutRules): Promise<void>;
}

/** Limits on the e-mail that requests cause, whether or not there is a recipient. */
export interface EmailLimits {
  /** Requests that one sending address may make. */
  readonly perAddress: Limit;
  /** Returns the refusal of this address that the isolate remembers. Makes no call. */
  rememberedRefusal(address: string): RememberedRefusal | null;
  /** Counts one request of this address. */
  consume(address: string): Promise<Admission>;
  /** Counts one e-mail of the whole deployment. False: the limit is reached; send nothing. */
  consumeInTotal(): Promise<boolean>;
}
