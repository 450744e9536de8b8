/** The local secrets, in .dev.vars. Apart from local.ts, which loads wrangler: a second of each command. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './install.mjs';
import { exclusively } from './lock.ts';
import { completeSecrets, withSecret } from './secrets.ts';

const secretsFile = join(root, '.dev.vars');

/**
 * Adds missing local secrets, and changes no present one. Of several processes that start at once, one
 * makes them: a second set would void what the first has signed.
 */
export function makeSecrets(): void {
  exclusively('secrets', addMissing);
}

function addMissing(): void {
  const present = existsSync(secretsFile) ? readFileSync(secretsFile, 'utf8') : '';
  const complete = completeSecrets(present);
  if (complete === present) return;
  writeFileSync(secretsFile, complete, { mode: 0o600 });
  console.log('Made local secrets in .dev.vars.');
}

export const readSecrets = () => parseEnv(readFileSync(secretsFile, 'utf8'));

export const readSecret = (name: string): string => readSecrets()[name] ?? '';

export function replaceSecret(name: string, value: string): void {
  exclusively('secrets', () => {
    const text = readFileSync(secretsFile, 'utf8');
    writeFileSync(secretsFile, withSecret(text, name, value), { mode: 0o600 });
  });
}
