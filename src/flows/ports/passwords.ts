import type { PasswordFlaw } from '../model/outcome.ts';

export interface Passwords {
  /**
   * Takes the same time whatever `stored` is, null and garbage included. Yields to the event loop
   * before every slice, and returns `aborted` as soon as `shouldAbort` returns true. `tellsRight`: the
   * answer tells a right password from a wrong one anyway, so that it may end sooner.
   */
  verify(check: {
    password: string;
    stored: string | null;
    tellsRight?: boolean;
    shouldAbort(): boolean;
  }): Promise<'right' | 'wrong' | 'aborted'>;
  hash(password: string): Promise<string>;
  /** Made with less than today's parameters, or another pepper. */
  isOutdated(stored: string): boolean;
}

export interface PasswordRules {
  /**
   * Returns what is wrong with a password that is to be set, with a message for its user; null where
   * nothing is. `personal`: the user's own names and addresses, which it must not be.
   */
  flawOf(
    password: string,
    personal: readonly string[],
  ): Promise<{ flaw: PasswordFlaw; message: string } | null>;
}
