/** Entry point of the script for the parts of the signed-in page that change how the user signs in. */
import { createChanges, type AccountPage, type Changes } from './changes.ts';
import { createFactorSection } from './factor-section.ts';
import { createPasskeySection } from './passkey-section.ts';
import type { Shared } from './scripts.ts';

export interface SecuritySections extends Pick<Changes, 'callProven'> {
  /** `out`: the session has ended. */
  load(): Promise<'out' | 'loaded'>;
  /** The account may have no password. */
  hasPasskeys(): boolean;
  /** Removes what is private. */
  clear(): void;
}

export function createSecuritySections(shared: Shared, page: AccountPage): SecuritySections {
  const load = () => factors.load(passkeys.load());
  const changes = createChanges(shared, page, load);
  const factors = createFactorSection(shared, changes);
  const passkeys = createPasskeySection(shared, changes);
  const clear = () => {
    factors.clear();
    passkeys.clear();
  };
  return { load, clear, hasPasskeys: passkeys.has, callProven: changes.callProven };
}
