/**
 * Installs the locked dependencies where they are missing or no longer the locked ones.
 * Plain JavaScript for the system's Node (20 or newer): it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The environment in which the installed Node comes before the system's. */
export const environment = {
  ...process.env,
  PATH: join(root, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? ''),
  WRANGLER_SEND_METRICS: 'false',
};

export function installIfMissing(folder = root) {
  const lock = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json')));
  const wanted = lock.digest('hex');
  const stamp = join(folder, 'node_modules', '.gatehouse-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing dependencies …');
  const options = { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' };
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], options);
  if (status !== 0) {
    console.error('npm ci failed; nothing was started.');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installIfMissing();
