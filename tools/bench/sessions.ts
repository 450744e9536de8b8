/** Sessions to refresh, look at and end: rows as a login stores them, with tokens of the same keys. */
import type { JWK } from 'jose';
import { base64url } from 'jose';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { createMac } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { secrets, USERS, vars, type Server, type BenchUser } from './server.ts';

export interface OpenSession {
  id: string;
  access: string;
  refresh: string;
}

/** Signed here and not logged in for, since a login each would take longer than what is measured. */
export async function openSessions(
  house: Server,
  amount: number,
  owner: BenchUser = 'cut',
): Promise<OpenSession[]> {
  const mac = createMac(base64url.decode(secrets.SERVER_KEY));
  const { keys } = JSON.parse(secrets.TOKEN_KEYS) as { keys: [JWK, ...JWK[]] };
  const tokens = createTokens(
    { issuer: String(vars['ISSUER']), audience: String(vars['AUDIENCE']), keys },
    { mac, nowMs: Date.now, verifiedTokens: { get: () => null, set: () => undefined } },
  );
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const { accessSeconds, refreshSeconds = accessSeconds } = emailCookie.lifetimes;
  const expiresAtMs = nowMs + refreshSeconds * 1000;
  const database = await house.miniflare.getD1Database('DB', owner);
  const insert = database.prepare(
    'INSERT INTO sessions SELECT ?1, id, ?2, ?3, ?3, ?4, credential_version, ?5, 0, ?3, ?6, ?7' +
      ' FROM users WHERE email = ?8',
  );

  const rows = [];
  const opened: OpenSession[] = [];
  for (let n = 0; n < amount; n += 1) {
    const id = crypto.randomUUID();
    const { jti, hash } = await tokens.refreshId(id, 0);
    const sub = crypto.randomUUID();
    const common = { sub, sessionId: id, issuedAtMs: nowMs, expiresAtMs };
    opened.push({
      id,
      access: await tokens.signAccess({
        ...common,
        jti: crypto.randomUUID(),
        extra: { userId: sub, email: `cut-${n % USERS}@bench.example` },
      }),
      refresh: await tokens.signRefresh({ ...common, jti, generation: 0, extra: {} }),
    });
    const email = `cut-${n % USERS}@bench.example`;
    const from = ['10.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64)'];
    rows.push(insert.bind(id, emailCookie.name, nowMs, expiresAtMs, hash, ...from, email));
  }
  await database.batch(rows);
  return opened;
}
