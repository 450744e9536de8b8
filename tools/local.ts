/** Prepares local development: settings, migrations and demo accounts. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { contracts } from '../src/contracts/index.ts';
import { createPasswords } from '../src/crypto/passwords/hash.ts';
import { readSettings, type Settings } from '../src/settings.ts';
import { demoAccounts, demoSql } from '../test/fixtures/demo-accounts.ts';
import { environment, root } from './install.mjs';
import { readSecrets } from './local-secrets.ts';

/** The default port of `wrangler dev`. */
export function localPort(): number {
  return unstable_readConfig({ config: join(root, 'wrangler.toml') }).dev.port ?? 8787;
}

/** The default protocol of `wrangler dev`. */
export function localProtocol(): string {
  return unstable_readConfig({ config: join(root, 'wrangler.toml') }).dev.local_protocol ?? 'http';
}

/** The settings of the local Worker. Throws an error that names a faulty one. */
export function localSettings(): Settings {
  const { vars } = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  return readSettings({ ...vars, ...readSecrets() }, contracts);
}

/**
 * Applies migrations and adds the accounts that are not there yet, unless neither has changed since
 * the last time. An account keeps its hash when the cost or the peppers change.
 */
export async function prepareDatabase(
  settings: Settings,
  stateDirectory: string,
  accounts = demoAccounts,
): Promise<void> {
  const stamp = join(stateDirectory, 'gatehouse-prepared');
  const version = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;
  console.log('Preparing the local database …');
  wrangler('d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', stateDirectory);
  const passwords = createPasswords(settings.passwords, async () => undefined);
  const file = join(stateDirectory, 'demo.sql');
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(file, (await demoSql(passwords.hash, accounts)).join('\n'));
  wrangler('d1', 'execute', 'DB', '--local', '--persist-to', stateDirectory, '--file', file);
  rmSync(file);
  writeFileSync(stamp, version);
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const directory of ['migrations', 'test/fixtures']) {
    for (const name of readdirSync(join(root, directory)).toSorted()) {
      if (/\.sql$|^demo-accounts/.test(name))
        hash.update(readFileSync(join(root, directory, name)));
    }
  }
  return hash.digest('hex');
}

function wrangler(...argv: string[]): void {
  try {
    execFileSync('wrangler', argv, {
      cwd: root,
      env: environment,
      stdio: 'pipe',
      encoding: 'utf8',
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`wrangler ${argv.slice(0, 3).join(' ')} failed.\n${stdout}${stderr}`, {
      cause: error,
    });
  }
}
