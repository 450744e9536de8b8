/** The local secrets, in .dev.vars. Apart from local.ts, which loads wrangler: a second of each command. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './install.mjs';
import { exclusively } from './lock.ts';
import { removeAtExit } from './process.ts';
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
  writeSecrets(secretsFile, complete);
  console.log('Made local secrets in .dev.vars.');
}

export const readSecrets = () => parseEnv(readFileSync(secretsFile, 'utf8'));

export const readSecret = (name: string): string => readSecrets()[name] ?? '';

export function replaceSecret(name: string, value: string): void {
  exclusively('secrets', () => {
    const text = readFileSync(secretsFile, 'utf8');
    writeSecrets(secretsFile, withSecret(text, name, value));
  });
}

/** Replaces the file as a whole: a full disk or a Ctrl-C leaves the older secrets, which may be the only copy. */
export function writeSecrets(file: string, text: string): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  const remove = removeAtExit(part);
  try {
    writeFileSync(part, text, { mode: 0o600 });
    renameSync(part, file);
  } finally {
    remove();
  }
}
