/**
 * Installs the locked dependencies where they are missing or no longer the locked ones.
 * Plain JavaScript for the system's Node (20 or newer): it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The environment in which the installed Node comes before the system's. */
export const environment = {
  ...process.env,
  PATH: join(root, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? ''),
  WRANGLER_SEND_METRICS: 'false',
};

/**
 * Installs into a folder beside node_modules and then replaces that: an install that fails or is
 * interrupted changes nothing.
 */
export function installIfMissing(folder = root) {
  const lock = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json')));
  const wanted = lock.digest('hex');
  const installed = join(folder, 'node_modules');
  if (stampOf(installed) === wanted) return;
  console.log('Installing dependencies …');
  const beside = folderBeside(folder);
  const options = { cwd: beside, stdio: 'inherit', shell: process.platform === 'win32' };
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], options);
  if (status !== 0) {
    rmSync(beside, { recursive: true, force: true });
    console.error('npm ci failed; node_modules was left as it was, and nothing was started.');
    process.exit(1);
  }
  const fresh = join(beside, 'node_modules');
  writeFileSync(join(fresh, STAMP), wanted);
  // Another process may have installed the same in the meantime.
  if (stampOf(installed) !== wanted) {
    if (existsSync(installed)) renameSync(installed, join(beside, 'replaced'));
    renameSync(fresh, installed);
  }
  rmSync(beside, { recursive: true, force: true });
}

const STAMP = '.gatehouse-lock';

function stampOf(installed) {
  const stamp = join(installed, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : null;
}

/** On the same file system, so that a rename moves it. Removes what interrupted installs have left. */
function folderBeside(folder) {
  const parent = join(folder, '.wrangler', 'install');
  mkdirSync(parent, { recursive: true });
  for (const pid of readdirSync(parent)) {
    if (Number(pid) === process.pid || !isAlive(Number(pid)))
      rmSync(join(parent, pid), { recursive: true, force: true });
  }
  const beside = join(parent, String(process.pid));
  mkdirSync(beside);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(beside, name));
  }
  return beside;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installIfMissing();
