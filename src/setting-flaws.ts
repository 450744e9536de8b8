/** Flaws of settings that their values show only together, or beside the contracts. */
import type { Contract } from './contracts/contract.ts';
import { ALGORITHMS, keysFor, type TokenKey } from './crypto/keys.ts';

/** Flaws of the key set as a whole. Shows nothing of a key but its place: it may hold a secret. */
export function flawsOfKeys(
  keys: readonly TokenKey[],
  served: readonly Contract[],
  known: readonly Contract[],
): string[] {
  const flaws = [];
  const kids = keys.flatMap(({ kid }) => kid ?? []);
  if (new Set(kids).size < kids.length) flaws.push('has a kid twice');
  const names = new Set(known.map(({ name }) => name));
  for (const [index, { contracts = [] }] of keys.entries()) {
    if (contracts.every((name) => names.has(name))) continue;
    flaws.push(`key ${index + 1} is restricted to a contract that does not exist`);
  }
  for (const { name, tokens } of served) {
    const { algorithms = ALGORITHMS } = tokens;
    if (keysFor(keys, name, algorithms).length > 0) continue;
    flaws.push(`has no key for ${name}, which takes ${algorithms.join(', ')} (npm run keys)`);
  }
  return flaws;
}

/** A session before the address is verified would break the contract's own rule. */
export function immediateFlaw({
  canRegisterImmediately,
  requiresVerifiedEmail,
}: Contract): string | null {
  if (!canRegisterImmediately) return 'has no answer that registers at once';
  return requiresVerifiedEmail ? 'requires a verified address' : null;
}

/** The host in the wrangler.toml of a fresh clone: tokens and links that name it belong to no deployment. */
const PLACEHOLDER = /^(?:.+\.)?gatehouse\.example\.?$/;

/** Returns whether an URL still has the placeholder's host, or one below it. */
export const isPlaceholder = (url: string): boolean => PLACEHOLDER.test(new URL(url).hostname);
