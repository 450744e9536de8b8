/**
 * Passkeys of the golden pairs: the rows of each contract's account `passkey`, and the credentials that
 * its two authenticators make in the place of a request's placeholders.
 */
import { env } from 'cloudflare:workers';
import { base64url } from 'jose';
import {
  createAuthenticator,
  FIXED_PASSKEY,
  type PasskeyAuthenticator,
} from './passkey-authenticator.ts';

const encoded = (text: string) => base64url.encode(text);
const handleOf = (name: string, contract: string) => encoded(`handle-of-${name}-of-${contract}`);
const idOf = (name: string, contract: string) => encoded(`${name}-of-${contract}`);

const { d: _, ...publicKey } = FIXED_PASSKEY.privateKey;
const PUBLIC_KEY = JSON.stringify({ ...publicKey, alg: 'EdDSA' });

const OWN = 'passkey';

/** `names`: `passkey` for the one that the contract's assertions are made with. */
export async function addPasskeys(
  contract: string,
  userId: number,
  names: readonly string[] = [OWN],
): Promise<void> {
  const handle = handleOf(names[0] ?? OWN, contract);
  await env.DB.batch([
    env.DB.prepare('UPDATE users SET passkey_handle = ? WHERE id = ?').bind(handle, userId),
    ...names.map((name) =>
      env.DB.prepare(
        `INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, is_syncable, transports, created_at_ms)
         VALUES (?, ?, ?, ?, 0, 0, '["internal"]', ?)`,
      ).bind(crypto.randomUUID(), userId, idOf(name, contract), PUBLIC_KEY, Date.now()),
    ),
  ]);
}

const authenticators = new Map<string, PasskeyAuthenticator>();

function authenticator(credentialId: string): PasskeyAuthenticator {
  const { privateKey } = FIXED_PASSKEY;
  const origin = 'https://gatehouse.example';
  const made =
    authenticators.get(credentialId) ??
    createAuthenticator({ origin, algorithm: 'EdDSA', fixed: { privateKey, credentialId } });
  authenticators.set(credentialId, made);
  return made;
}

/** Makes the credentials that stand for the placeholders in a text, by the options of an earlier answer. */
export async function credentialsIn(
  text: string,
  contract: string,
  options: unknown,
): Promise<Record<string, object>> {
  const made: Record<string, object> = {};
  const device = authenticator(idOf(OWN, contract));
  const own = { userHandle: handleOf(OWN, contract) };
  for (const [placeholder, make] of Object.entries({
    '<assertion>': () => device.get(options as never, own),
    '<forged>': () => device.get(options as never, { ...own, signature: encoded('x'.repeat(64)) }),
    '<credential>': () => authenticator(idOf('new-passkey', contract)).create(options as never),
  })) {
    if (text.includes(`"${placeholder}"`)) made[placeholder] = await make();
  }
  return made;
}
