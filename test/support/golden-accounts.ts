/** The accounts that the golden pairs of a contract use, besides the demo accounts. */
import { env } from 'cloudflare:workers';
import { createFactorSecrets } from '../../src/crypto/factors/factor-secrets.ts';
import { addPasskeys } from './golden-passkeys.ts';

/** Adds them for one contract; returns the secret of the authenticator app of `enrolled`. */
export async function addAccounts(contract: string): Promise<string> {
  const secret = await addEnrolled(contract);
  await addAccount('plain', contract);
  await addAccount('sessions', contract);
  await addPasskeys(contract, await addAccount('passkey', contract));
  const twenty = Array.from({ length: 20 }, (_, n) => `passkey-${n}`);
  await addPasskeys(contract, await addAccount('twenty', contract), twenty);
  return secret;
}

/** Wires that show a user's id as a UUID. */
const WITH_UUID: ReadonlySet<string> = new Set(['gotrue', 'strapi']);

/** Adds an account with the password of john@example.com, for one contract alone. */
async function addAccount(name: string, contract: string): Promise<number> {
  const publicId = WITH_UUID.has(contract) ? crypto.randomUUID() : `${name}-of-${contract}`;
  const { meta } = await env.DB.prepare(
    `INSERT INTO users (public_id, username, username_key, email, email_verified, name, password_hash, created_at_ms)
     SELECT ?1, ?2, ?2, ?3, 1, name, password_hash, created_at_ms FROM users WHERE email = 'john@example.com'`,
  )
    .bind(publicId, `${name}-${contract}`, `${name}@${contract}.example`)
    .run();
  return meta.last_row_id;
}

/** Answers the secret of its authenticator app. */
async function addEnrolled(contract: string): Promise<string> {
  const owner = { userId: await addAccount('enrolled', contract), factorId: crypto.randomUUID() };
  const keys = (JSON.parse(env.FACTOR_KEYS) as { id: string; key: string }[]).map(
    ({ id, key }) => ({
      id,
      key: Uint8Array.from(Buffer.from(key, 'base64url')),
    }),
  );
  const mac = async () => '';
  const secrets = createFactorSecrets({ keys, mac, maxFactors: 5, issuer: 'Gatehouse' });
  const { sealed, secret } = await secrets.newTotp(owner, '');
  await env.DB.prepare(
    `INSERT INTO factors (id, user_id, kind, secret, created_at_ms, confirmed_at_ms) VALUES (?, ?, 'totp', ?, ?, ?)`,
  )
    .bind(owner.factorId, owner.userId, sealed, Date.now(), Date.now())
    .run();
  return secret;
}
