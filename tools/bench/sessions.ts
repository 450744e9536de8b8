/** Inserts sessions with valid tokens, since a login for each would take longer than the bench. */
import type { JWK } from 'jose';
import { base64url } from 'jose';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { createMac } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { secrets, vars, type Server } from '../server.ts';
import { USERS } from './workers.ts';

export interface OpenSession {
  id: string;
  access: string;
  refresh: string;
}

/** Of the users `cut-<n>`, as a login at email-cookie stores them. */
export async function openSessions(server: Server, amount: number): Promise<OpenSession[]> {
  const mac = createMac(base64url.decode(secrets.SERVER_KEY));
  const { keys } = JSON.parse(secrets.TOKEN_KEYS) as { keys: [JWK, ...JWK[]] };
  const tokens = createTokens(
    { issuer: String(vars['ISSUER']), audience: String(vars['AUDIENCE']), keys },
    { mac, nowMs: Date.now, verifiedTokens: { get: () => null, set: () => undefined } },
  );
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const { accessSeconds, refreshSeconds = accessSeconds } = emailCookie.lifetimes;
  const expiresAtMs = nowMs + refreshSeconds * 1000;
  const database = await server.database();
  const insert = database.prepare(
    'INSERT INTO sessions SELECT ?1, id, ?2, ?3, ?3, ?4, credential_version, ?5, 0, ?3, ?6, ?7' +
      ' FROM users WHERE email = ?8',
  );
  const client = ['10.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64)'];
  const rows = [];
  const sessions: OpenSession[] = [];
  for (let n = 0; n < amount; n += 1) {
    const id = crypto.randomUUID();
    const sub = crypto.randomUUID();
    const email = `cut-${n % USERS}@bench.example`;
    const { jti, hash } = await tokens.refreshId(id, 0);
    const claims = { sub, sessionId: id, issuedAtMs: nowMs, expiresAtMs };
    const extra = { userId: sub, email };
    const access = await tokens.signAccess({ ...claims, jti: crypto.randomUUID(), extra });
    const refresh = await tokens.signRefresh({ ...claims, jti, generation: 0, extra: {} });
    sessions.push({ id, access, refresh });
    rows.push(insert.bind(id, emailCookie.name, nowMs, expiresAtMs, hash, ...client, email));
  }
  await database.batch(rows);
  return sessions;
}
