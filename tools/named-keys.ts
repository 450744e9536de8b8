/** Makes and rotates lists of named keys, which the settings PEPPERS and FACTOR_KEYS are. */
import { randomBytes } from 'node:crypto';

export interface NamedKey {
  id: string;
  /** 32 bytes, base64url. */
  key: string;
}

/** Puts a new key in front, which is used from now on. All others stay: stored values name them. */
export const addNamedKey = (keys: readonly NamedKey[] = []): NamedKey[] => [
  { id: randomBytes(4).toString('hex'), key: randomBytes(32).toString('base64url') },
  ...keys,
];

/** One line for each key, without its secret. */
export const describeNamedKeys = (keys: readonly NamedKey[]): string[] =>
  keys.map(({ id }, index) => `${id}  ${index === 0 ? 'encrypts and decrypts' : 'decrypts'}`);
