import type { Identifier } from '../../policy/identifier.ts';

/** The time, randomness and background work of the platform. */
export interface Platform {
  nowMs(): number;
  uuid(): string;
  /** Continues the work after the response; a failure is logged. */
  waitUntil(work: Promise<unknown>): void;
  /** Waits for a random time, uniform up to the EMAIL_DELAY_MS setting, from the CSPRNG. */
  randomDelay(): Promise<void>;
}

/**
 * The thing that failures are counted for: a name as it was given, known or unknown; the
 * password checks of a user's sessions; or a registration's handle by its id. Known devices have
 * keys of their own (`Devices`).
 */
export type LockoutScope =
  | Identifier
  | { kind: 'sessions'; userId: number }
  | { kind: 'registration'; value: string };

/** Keyed pseudonyms: an identifier cannot be guessed back from them. */
export interface Pseudonyms {
  /** For the audit: of an account, or of a name or passkey that no account has. */
  accountKey(
    of: { userId: number } | Identifier | { kind: 'passkey'; value: string },
  ): Promise<string>;
  /** The name of the Durable Object that counts failures. */
  lockoutKey(scope: LockoutScope): Promise<string>;
}
