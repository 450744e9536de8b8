/**
 * Makes and rotates the JWK set that signs and verifies tokens (setting TOKEN_KEYS), and removes keys
 * that no valid token can need. Each contract with clients that read certain algorithms alone has a
 * key of its own, which may be a secret that they share. A retired key has the time of its retirement
 * in a member of its own, which others must ignore (RFC 7517, section 4).
 */
import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { keysFor } from '../src/crypto/keys.ts';
import type { Algorithm, TokenDeclaration } from '../src/flows/model/token-rules.ts';

export const ALGORITHMS: readonly Algorithm[] = ['EdDSA', 'Ed25519', 'ES256', 'HS256'];

export interface Key extends JsonWebKey {
  /** Absent where services may have the secret as plain text, without a name. */
  kid?: string;
  alg: Algorithm;
  /** The only contracts that it signs and verifies for; absent: all. */
  contracts?: string[];
  /** Seconds since the epoch; absent while the key signs. */
  gatehouse_retired_at?: number;
}

export interface KeySet {
  /** Of those that fit a contract the first signs, all verify. */
  keys: Key[];
}

export interface ContractOfKeys {
  name: string;
  tokens: Pick<TokenDeclaration, 'algorithms'>;
}

/** `secret`: of an HS256 key, in place of 32 random bytes. */
export function generateKey(
  alg: Algorithm,
  { contracts, secret = randomBytes(32) }: { contracts?: string[]; secret?: Buffer } = {},
): Key {
  const restriction = contracts && { contracts };
  const kid = { kid: randomBytes(8).toString('base64url') };
  if (alg === 'HS256') {
    return { kty: 'oct', k: secret.toString('base64url'), ...(restriction ?? kid), alg };
  }
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  return { ...privateKey.export({ format: 'jwk' }), ...kid, alg, ...restriction };
}

/** Adds a key for each contract that has none of its clients' algorithms, and changes no other. */
export function addMissingKeys({ keys }: KeySet, contracts: readonly ContractOfKeys[]): KeySet {
  let all = keys;
  for (const { name, tokens } of contracts) {
    const { algorithms } = tokens;
    if (algorithms === undefined) continue;
    const fitting = keysFor(all, name, algorithms);
    if (fitting.some(isOwnOrAsymmetric)) continue;
    const key = generateKey(algorithms[0], { contracts: [name] });
    all = insertBefore(all, fitting[0], key);
  }
  return { keys: all };
}

/** An unrestricted secret is not to be shared with a contract's clients: it signs for all others. */
const isOwnOrAsymmetric = ({ alg, contracts, gatehouse_retired_at: retiredAt }: Key) =>
  retiredAt === undefined && (alg !== 'HS256' || contracts !== undefined);

export interface Rotation {
  alg: Algorithm;
  nowMs: number;
  /** The lifetime of the longest-lived token. */
  longestSeconds: number;
  /** All of them: a key of its own that signs for one goes on doing so. */
  contracts: readonly ContractOfKeys[];
  /** The contract whose own key is rotated; absent: the key of all contracts. */
  contract?: string | undefined;
  secret?: Buffer | undefined;
}

/** Puts a new key in front of those that it replaces. */
export function rotate(set: KeySet, rotation: Rotation): KeySet {
  const { alg, nowMs, longestSeconds, contract, secret } = rotation;
  const signing = signingKeys(set, rotation.contracts);
  const isOwn = (key: Key) => key.contracts !== undefined && signing.has(key);
  const keys = [...set.keys.filter(isOwn), ...set.keys.filter((key) => !isOwn(key))];
  const nowSeconds = Math.floor(nowMs / 1000);
  const isReplaced = ({ contracts }: Key) =>
    contract === undefined ? contracts === undefined : contracts?.includes(contract);
  const first = keys.find(isReplaced);
  const restriction = first?.contracts ?? (contract === undefined ? undefined : [contract]);
  const key = generateKey(alg, {
    ...(restriction && { contracts: restriction }),
    ...(secret && { secret }),
  });
  const retired = insertBefore(keys, first ?? (restriction && keys[0]), key).map((each) =>
    each !== key && isReplaced(each) ? { gatehouse_retired_at: nowSeconds, ...each } : each,
  );
  const isNeeded = ({ gatehouse_retired_at: retiredAt = Infinity }: Key) =>
    retiredAt + longestSeconds > nowSeconds;
  return { keys: retired.filter(isNeeded) };
}

function insertBefore(keys: readonly Key[], next: Key | undefined, key: Key): Key[] {
  return next === undefined ? [...keys, key] : keys.toSpliced(keys.indexOf(next), 0, key);
}

const signingKeys = ({ keys }: KeySet, contracts: readonly ContractOfKeys[]) =>
  new Set(contracts.map(({ name, tokens }) => keysFor(keys, name, tokens.algorithms)[0]));

/** One line for each key, without its secret parts. */
export function describe(
  set: KeySet,
  { longestSeconds, contracts }: { longestSeconds: number; contracts: readonly ContractOfKeys[] },
): string[] {
  const signing = signingKeys(set, contracts);
  return set.keys.map((key) => {
    const { kid, alg, contracts: only, gatehouse_retired_at: retiredAt } = key;
    const use = signing.has(key) ? 'signs' : 'verifies';
    const where = only === undefined ? '' : ` for ${only.join(', ')} alone`;
    const until =
      retiredAt === undefined
        ? ''
        : `, needed until ${new Date((retiredAt + longestSeconds) * 1000).toISOString()}`;
    return `${kid ?? 'without kid'}  ${alg}  ${use}${where}${until}`;
  });
}
