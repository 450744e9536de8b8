/**
 * Makes secrets. `npm run --silent secret NAME` prints a fresh one, to be piped into
 * `wrangler secret put NAME`; `npm start` puts those that are missing into .dev.vars.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { contracts } from '../src/contracts/index.ts';
import { failUsage, readArguments } from './command-line.ts';
import { addMissingKeys, generateKey, type ContractOfKeys, type KeySet } from './key-set.ts';
import { addNamedKey } from './named-keys.ts';

const random = () => randomBytes(32).toString('base64url');
const newKeySet = () => addMissingKeys({ keys: [generateKey('EdDSA')] }, contracts);

const newNamedKeys = () => JSON.stringify(addNamedKey());

export const makers = {
  SERVER_KEY: random,
  TOKEN_KEYS: () => JSON.stringify(newKeySet()),
  OPERATOR_TOKEN: random,
  PEPPERS: newNamedKeys,
  FACTOR_KEYS: newNamedKeys,
};

const local = {
  LOCAL_DEVELOPMENT: () => 'true',
  SERVER_KEY: makers.SERVER_KEY,
  TOKEN_KEYS: makers.TOKEN_KEYS,
  FACTOR_KEYS: makers.FACTOR_KEYS,
  OPERATOR_TOKEN: makers.OPERATOR_TOKEN,
};

/**
 * Adds the local secrets that are missing from the text of .dev.vars, and the token keys that contracts
 * lack, which may be newer than the file. Changes nothing else.
 */
export function completeSecrets(
  text: string,
  known: readonly ContractOfKeys[] = contracts,
): string {
  const present = parseEnv(text);
  const lines = Object.entries(local)
    .filter(([name]) => !(name in present))
    .map(([name, make]) => `${name}='${make()}'\n`);
  const complete = lines.length === 0 ? text : text + gapAfter(text) + lines.join('');
  const { TOKEN_KEYS: keys = '' } = parseEnv(complete);
  const set = parseKeySet(keys);
  const all = set && addMissingKeys(set, known);
  return set?.keys.length === all?.keys.length
    ? complete
    : withSecret(complete, 'TOKEN_KEYS', JSON.stringify(all));
}

/** Null: the setting is malformed, which the start reports. */
function parseKeySet(text: string): KeySet | null {
  try {
    const set = JSON.parse(text) as KeySet;
    return Array.isArray(set.keys) ? set : null;
  } catch {
    return null;
  }
}

/** Replaces the secret's line, or adds one. `value` must hold neither a line break nor a single quote. */
export function withSecret(text: string, name: string, value: string): string {
  const line = `${name}='${value}'`;
  const isOfName = (line: string) => line.startsWith(`${name}=`);
  const lines = text.split('\n');
  if (lines.some(isOfName)) return lines.map((old) => (isOfName(old) ? line : old)).join('\n');
  return `${text}${gapAfter(text)}${line}\n`;
}

const gapAfter = (text: string) => (text === '' || text.endsWith('\n') ? '' : '\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const USAGE = 'npm run --silent secret NAME';
  const { positionals } = readArguments(USAGE, { allowPositionals: true });
  const [name = '', ...surplus] = positionals;
  const make = new Map(Object.entries(makers)).get(name);
  if (make === undefined || surplus.length > 0) {
    failUsage(USAGE, `Name one of ${Object.keys(makers).join(', ')}.`);
  }
  console.log(make());
}
