/**
 * `npm run keys -- generate|rotate|list`: the keys that sign and verify tokens, or with `--factors`
 * those that encrypt the secrets of second factors. Works on the local secrets, or with `--file FILE` on
 * the set of a deployment, whose secrets cannot be read back; then it also prints the command that
 * deploys the set.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { contracts } from '../src/contracts/index.ts';
import {
  addMissingKeys,
  ALGORITHMS,
  describe,
  generateKey,
  rotate,
  type KeySet,
} from './key-set.ts';
import { localSettings, makeSecrets, readSecret, replaceSecret } from './local.ts';
import { addNamedKey, describeNamedKeys, type NamedKey } from './named-keys.ts';

const USAGE = `npm run keys -- generate [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a set of new keys
npm run keys -- rotate   [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a new key signs, old ones verify while needed
           --contract NAME [--secret FILE]   rotates that contract's own key; its services need the new one at once
npm run keys -- list     [--file FILE]
           --factors   with each of them: the keys that encrypt the secrets of second factors`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string' },
    alg: { type: 'string' },
    contract: { type: 'string' },
    secret: { type: 'string' },
    factors: { type: 'boolean' },
  },
});
const [command] = positionals;
const contract = contracts.find(({ name }) => name === values.contract);
const { algorithms = ALGORITHMS } = contract?.tokens ?? {};
const wanted = values.alg ?? (values.secret === undefined ? algorithms[0] : 'HS256');
const alg = algorithms.find((known) => known === wanted) ?? fail(USAGE);
if (!['generate', 'rotate', 'list'].includes(command ?? '')) fail(USAGE);
if (values.contract !== undefined && contract === undefined) {
  fail(`There is no contract "${values.contract}".`);
}
if (values.contract !== undefined && command !== 'rotate') fail(USAGE);
if (values.secret !== undefined && (contract === undefined || alg !== 'HS256')) {
  fail('A --secret is for HS256, and for one --contract: it must sign for no other.');
}
const { factors: isForFactors = false } = values;
if (isForFactors && (values.alg !== undefined || contract !== undefined)) fail(USAGE);

makeSecrets();
const setting = isForFactors ? 'FACTOR_KEYS' : 'TOKEN_KEYS';
const { contracts: served, sessions } = localSettings();
/** A refresh token that no rotation replaces is good for as long as its session. */
const longestSeconds = Math.max(
  ...served.flatMap(({ lifetimes, rotation }) =>
    rotation === 'kept' ? sessions.absoluteSeconds : Object.values(lifetimes),
  ),
);
if (isForFactors) {
  run<NamedKey[]>({ generate: addNamedKey, rotate: addNamedKey, describe: describeNamedKeys });
} else {
  run<KeySet>({
    generate: () => addMissingKeys({ keys: [generateKey(alg)] }, contracts),
    rotate: rotated,
    describe: (set) => describe(set, { longestSeconds, contracts }),
  });
}

interface Commands<T> {
  generate(): T;
  rotate(set: T): T;
  describe(set: T): string[];
}

function run<T>({ generate, rotate, describe }: Commands<T>): void {
  if (command === 'generate') refuseToReplace();
  const set = command === 'generate' ? generate() : command === 'rotate' ? rotate(read()) : read();
  if (command !== 'list') write(JSON.stringify(set));
  console.log(describe(set).join('\n'));

  function read(): T {
    if (values.file === undefined) return JSON.parse(readSecret(setting));
    if (!existsSync(values.file)) fail(`${values.file} does not exist.`);
    return JSON.parse(readFileSync(values.file, 'utf8'));
  }
}

/** Replacing a set that is in use would void its tokens, or lose the secrets under its keys. */
function refuseToReplace(): void {
  if (values.file === undefined) {
    fail('The local keys exist already: `rotate` them, or name a --file.');
  }
  if (existsSync(values.file)) fail(`${values.file} exists already.`);
}

function rotated(set: KeySet): KeySet {
  const secret = values.secret === undefined ? undefined : readSharedSecret(values.secret);
  const { contract } = values;
  const rotation = { alg, nowMs: Date.now(), longestSeconds, contracts, contract, secret };
  return addMissingKeys(rotate(set, rotation), contracts);
}

/** The text's bytes as they are, without the line break that an editor adds. */
function readSharedSecret(file: string): Buffer {
  const secret = Buffer.from(readFileSync(file, 'utf8').trimEnd());
  // RFC 7518 3.2.
  if (secret.length < 32) fail(`The secret in ${file} has less than 32 bytes.`);
  return secret;
}

function write(text: string): void {
  if (values.file === undefined) {
    replaceSecret(setting, text);
    return;
  }
  writeFileSync(values.file, text, { mode: 0o600 });
  console.log(`Deploy it with: npx wrangler secret put ${setting} < ${values.file}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
