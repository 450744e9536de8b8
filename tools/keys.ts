/**
 * `npm run keys -- generate|rotate|list`: the keys that sign and verify tokens. Works on the local
 * secrets, or with `--file FILE` on the set of a deployment, whose secrets cannot be read back; then it
 * also prints the command that deploys the set.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  ALGORITHMS,
  describe,
  generateKey,
  rotate,
  type Algorithm,
  type KeySet,
} from './key-set.ts';
import { localSettings, makeSecrets, readSecret, replaceSecret } from './local.ts';

const USAGE = `npm run keys -- generate [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a set of one new key
npm run keys -- rotate   [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a new key signs, old ones verify while needed
npm run keys -- list     [--file FILE]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { file: { type: 'string' }, alg: { type: 'string', default: 'EdDSA' } },
});
const [command] = positionals;
const alg = ALGORITHMS.find((known) => known === values.alg);
if (alg === undefined || !['generate', 'rotate', 'list'].includes(command ?? '')) fail(USAGE);

makeSecrets();
const longestSeconds = Math.max(
  ...localSettings().contracts.flatMap(({ lifetimes }) => Object.values(lifetimes)),
);
if (command === 'generate') generate(alg);
else {
  const before = read();
  const after =
    command === 'rotate' ? rotate(before, { alg, nowMs: Date.now(), longestSeconds }) : before;
  if (command === 'rotate') write(after);
  console.log(describe(after, longestSeconds).join('\n'));
}

function generate(algorithm: Algorithm): void {
  if (values.file !== undefined && existsSync(values.file)) fail(`${values.file} exists already.`);
  if (values.file === undefined) {
    // Replacing a set that is in use would void its tokens.
    fail('The local keys exist already: `rotate` them, or name a --file.');
  }
  const set = { keys: [generateKey(algorithm)] };
  write(set);
  console.log(describe(set, longestSeconds).join('\n'));
}

function read(): KeySet {
  if (values.file !== undefined && !existsSync(values.file)) fail(`${values.file} does not exist.`);
  const text =
    values.file === undefined ? readSecret('TOKEN_KEYS') : readFileSync(values.file, 'utf8');
  return JSON.parse(text) as KeySet;
}

function write(set: KeySet): void {
  const text = JSON.stringify(set);
  if (values.file === undefined) {
    replaceSecret('TOKEN_KEYS', text);
    return;
  }
  writeFileSync(values.file, text, { mode: 0o600 });
  console.log(`Deploy it with: npx wrangler secret put TOKEN_KEYS < ${values.file}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
