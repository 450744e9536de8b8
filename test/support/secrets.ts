/** Secrets of a test run, fresh each time. */
import { randomBytes } from 'node:crypto';
import { contracts } from '../../src/contracts/index.ts';
import { addMissingKeys, generateKey } from '../../tools/key-set.ts';

export function testSecrets() {
  const key = { ...generateKey('EdDSA'), kid: 'test-key' };
  return {
    LOCAL_DEVELOPMENT: 'true',
    OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
    FACTOR_KEYS: JSON.stringify([{ id: 'test-key', key: randomBytes(32).toString('base64url') }]),
    SERVER_KEY: randomBytes(32).toString('base64url'),
    TOKEN_KEYS: JSON.stringify(addMissingKeys({ keys: [key] }, contracts)),
  };
}
