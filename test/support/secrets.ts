/** Secrets of a test run, fresh each time. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export function testSecrets() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test-key', alg: 'EdDSA' };
  return {
    LOCAL_DEVELOPMENT: 'true',
    OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
    SERVER_KEY: randomBytes(32).toString('base64url'),
    TOKEN_KEYS: JSON.stringify({ keys: [key] }),
  };
}
