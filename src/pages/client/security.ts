/** Entry point of the script for the parts of the signed-in page that change how the user signs in. */
import { createChanges, type AccountPage } from './changes.ts';
import { createFactorSection } from './factor-section.ts';
import type { Shared } from './scripts.ts';

export interface SecuritySections {
  /** `out`: the session has ended. */
  load(): Promise<'out' | 'loaded'>;
  /** Removes what is private. */
  clear(): void;
}

export function createSecuritySections(shared: Shared, page: AccountPage): SecuritySections {
  const load = () => factors.load();
  const factors = createFactorSection(shared, createChanges(shared, page, load));
  return { load, clear: factors.clear };
}
