/**
 * Runs the checks of `npm run check` on a wrangler.toml in a directory of its own. Cloudflare is out of reach
 * here: a stand-in for wrangler gives the answers of a deployment, in the form of wrangler 4.
 */
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { vi } from 'vitest';
import { findingsOf } from '../../tools/check/check.ts';
import { lineOf } from '../../tools/check/finding.ts';
import { root } from '../../tools/install.mjs';

export const directory = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));

export const original = readFileSync(join(root, 'wrangler.toml'), 'utf8');
export const deployed = original
  .replaceAll('gatehouse.example', 'login.acme.dev')
  .replaceAll('"Gatehouse', '"Acme')
  .replace('migrations_dir', 'database_id = "0d1"\nmigrations_dir');

export const SECRETS = ['SERVER_KEY', 'TOKEN_KEYS', 'FACTOR_KEYS'];

/** The one thing about a complete deployment that cannot be seen from here. */
export const SENDER =
  'note  MAIL.from: whether login.acme.dev may send cannot be seen from here. `npx wrangler email sending list` has to name it, or onboard it with `npx wrangler email sending enable login.acme.dev`.';

const APPLIED = '✅ No migrations to apply!\n';

export interface Answers {
  whoami?: number;
  /** Names; or the error with which the list fails. */
  secrets?: readonly string[] | string;
  /** Printed in place of the list, without an error. */
  listed?: string;
  migrations?: string;
}

/** Makes a `wrangler` that prints the answers, and writes down what it was asked. */
function standIn({ whoami = 0, secrets = SECRETS, migrations = APPLIED, ...rest }: Answers) {
  const bin = mkdtempSync(join(directory, 'bin-'));
  const isList = typeof secrets !== 'string';
  const listed = isList
    ? `A warning.\n${JSON.stringify(secrets.map((name) => ({ name, type: 'secret_text' })))}\n`
    : secrets;
  writeFileSync(join(bin, 'secrets'), rest.listed ?? listed);
  writeFileSync(join(bin, 'migrations'), migrations);
  const script = `#!/bin/sh
echo "$@" >> ${bin}/asked
case "$1 $2" in
  'whoami --json') exit ${whoami} ;;
  'secret list') cat ${bin}/secrets ${isList ? '' : '>&2; exit 1'} ;;
  'd1 migrations') cat ${bin}/migrations ;;
  *) exit 9 ;;
esac
`;
  writeFileSync(join(bin, 'wrangler'), script);
  chmodSync(join(bin, 'wrangler'), 0o755);
  return bin;
}

/** Returns the directory of a new wrangler.toml, and of .dev.vars where there are local secrets. */
export function configure(toml: string, localSecrets?: string): string {
  const folder = mkdtempSync(join(directory, 'config-'));
  writeFileSync(join(folder, 'wrangler.toml'), toml);
  if (localSecrets !== undefined) writeFileSync(join(folder, '.dev.vars'), localSecrets);
  return folder;
}

/** Checks a deployment. `asked`: the arguments of each call of wrangler. */
export async function checkRemote(toml: string, answers: Answers = {}) {
  const bin = standIn(answers);
  vi.stubEnv('PATH', bin + delimiter + process.env['PATH']);
  const config = join(configure(toml), 'wrangler.toml');
  const lines = (await findingsOf({ config, remote: true })).map(lineOf);
  vi.unstubAllEnvs();
  const asked = readFileSync(join(bin, 'asked'), 'utf8').replaceAll(config, 'wrangler.toml');
  return { lines, asked };
}
