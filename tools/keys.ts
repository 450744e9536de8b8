/**
 * `npm run keys -- generate|rotate|list`: the keys that sign and verify tokens, or with `--factors`
 * those that encrypt the secrets of second factors. Works on the local secrets, or with `--file FILE` on
 * the set of a deployment, whose secrets cannot be read back; then it also prints the command that
 * deploys the set.
 */
import { existsSync, readFileSync } from 'node:fs';
import { contracts } from '../src/contracts/index.ts';
import { failUsage, readArguments } from './command-line.ts';
import {
  addMissingKeys,
  ALGORITHMS,
  describe,
  generateKey,
  rotate,
  type KeySet,
} from './key-set.ts';
import { localSettings } from './local.ts';
import { makeSecrets, readSecret, replaceSecret, writeSecrets } from './local-secrets.ts';
import { addNamedKey, describeNamedKeys, type NamedKey } from './named-keys.ts';

const USAGE = `npm run keys -- generate [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a set of new keys
npm run keys -- rotate   [--file FILE] [--alg ${ALGORITHMS.join('|')}]   a new key signs, old ones verify while needed
           --contract NAME [--secret FILE]   rotates that contract's own key; its services need the new one at once
npm run keys -- list     [--file FILE]
           --factors   with each of them: the keys that encrypt the secrets of second factors`;

const { positionals, values } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    file: { type: 'string' },
    alg: { type: 'string' },
    contract: { type: 'string' },
    secret: { type: 'string' },
    factors: { type: 'boolean' },
  },
});
const [command = '', ...surplus] = positionals;
const contract = contracts.find(({ name }) => name === values.contract);
const { algorithms = ALGORITHMS } = contract?.tokens ?? {};
const wanted = values.alg ?? (values.secret === undefined ? algorithms[0] : 'HS256');
const alg =
  algorithms.find((known) => known === wanted) ??
  failUsage(USAGE, `--alg takes ${algorithms.join(', ')}.`);
if (!['generate', 'rotate', 'list'].includes(command) || surplus.length > 0) {
  failUsage(USAGE, 'Name one of generate, rotate and list.');
}
if (values.contract !== undefined && contract === undefined) {
  failUsage(USAGE, `There is no contract "${values.contract}".`);
}
if (values.contract !== undefined && command !== 'rotate') {
  failUsage(USAGE, 'A --contract is for rotate.');
}
if (values.secret !== undefined && (contract === undefined || alg !== 'HS256')) {
  failUsage(USAGE, 'A --secret is for HS256, and for one --contract: it must sign for no other.');
}
const { factors: isForFactors = false } = values;
if (isForFactors && (values.alg !== undefined || contract !== undefined)) {
  failUsage(USAGE, 'Keys of --factors have neither --alg nor --contract.');
}

makeSecrets();
const setting = isForFactors ? 'FACTOR_KEYS' : 'TOKEN_KEYS';
const { contracts: served, sessions } = readLocalSettings();
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

/** The error of faulty settings names them all. */
function readLocalSettings() {
  try {
    return localSettings();
  } catch (error) {
    return fail((error as Error).message);
  }
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
    return readSet<T>(values.file);
  }
}

/** Shows nothing of the file, which holds secrets. */
function readSet<T>(file: string): T {
  try {
    const set: unknown = JSON.parse(readText(file));
    if (Array.isArray(isForFactors ? set : (set as KeySet).keys)) return set as T;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return fail(`${file} is no set of ${isForFactors ? 'factor' : 'token'} keys.`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return fail(`${file} cannot be read: ${(error as Error).message}`);
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
  const secret = Buffer.from(readText(file).trimEnd());
  // RFC 7518 3.2.
  if (secret.length < 32) fail(`The secret in ${file} has less than 32 bytes.`);
  return secret;
}

function write(text: string): void {
  if (values.file === undefined) {
    replaceSecret(setting, text);
    console.log('Restart `npm start`: a running instance goes on with the old keys.');
    return;
  }
  try {
    writeSecrets(values.file, text);
  } catch (error) {
    fail(`${values.file} cannot be written: ${(error as Error).message}`);
  }
  console.log(`Deploy it with: npx wrangler secret put ${setting} < ${values.file}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
