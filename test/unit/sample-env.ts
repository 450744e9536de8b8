/** A valid production environment for readSettings, with fresh keys. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Contract } from '../../src/contracts/contract.ts';
import { contracts } from '../../src/contracts/index.ts';
import { readSettings, type Settings } from '../../src/settings.ts';

export const ed25519 = (kid: string) => ({
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid,
  alg: 'EdDSA',
});

const required = {
  CONTRACTS: ['email-remember', 'email-cookie', 'username-pair'],
  ISSUER: 'https://lighthouse.example',
  AUDIENCE: 'https://app.example',
  SERVER_KEY: randomBytes(32).toString('base64url'),
  TOKEN_KEYS: { keys: [ed25519('first')] },
  FACTOR_KEYS: [{ id: 'first', key: randomBytes(32).toString('base64url') }],
};

export const envWith = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...required,
  ...changes,
});

export const settingsWith = (
  changes: Record<string, unknown> = {},
  known: readonly Contract[] = contracts,
): Settings => readSettings(envWith(changes), known);

/** The error message of readSettings; empty where it accepts the settings. */
export function complaint(changes: Record<string, unknown>, known?: readonly Contract[]): string {
  try {
    settingsWith(changes, known);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'threw a value that is not an Error';
  }
}
