/** Inserts sessions with valid tokens, since a login for each would take longer than the bench. */
import { base64url } from 'jose';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { createMac, type TokenKey } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { tokenRulesOf } from '../../src/flows/model/token-rules.ts';
import { insertRows } from '../../test/fixtures/rows.ts';
import { secrets, vars, type Server } from '../server.ts';

export interface OpenSession {
  id: string;
  access: string;
  refresh: string;
}

/** Of the users `cut-<n>`, as a login at email-cookie stores them. */
export async function openSessions(server: Server, amount: number): Promise<OpenSession[]> {
  const mac = createMac(base64url.decode(secrets.SERVER_KEY));
  const { keys } = JSON.parse(secrets.TOKEN_KEYS) as { keys: TokenKey[] };
  const tokens = createTokens(keys, {
    mac,
    nowMs: Date.now,
    verifiedTokens: { get: () => null, set: () => undefined },
  });
  const rules = tokenRulesOf(emailCookie, {
    issuer: String(vars['ISSUER']),
    audience: String(vars['AUDIENCE']),
  });
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const { accessSeconds, refreshSeconds = accessSeconds } = emailCookie.lifetimes;
  const expiresAtMs = nowMs + refreshSeconds * 1000;
  const database = await server.database();
  const users = await database
    .prepare('SELECT id, email, credential_version FROM users WHERE email LIKE ?')
    .bind('cut-%')
    .all<{ id: number; email: string; credential_version: number }>();
  const rows = [];
  const sessions: OpenSession[] = [];
  for (let n = 0; n < amount; n += 1) {
    const id = crypto.randomUUID();
    const sub = crypto.randomUUID();
    const user = users.results[n % users.results.length];
    if (user === undefined) throw new Error('the database has no users');
    const { jti, hash } = await tokens.refreshId(id, 0);
    const claims = { sub, sessionId: id, issuedAtMs: nowMs, expiresAtMs };
    const extra = { userId: sub, email: user.email };
    const access = await tokens.signAccess({ ...claims, jti: crypto.randomUUID(), extra }, rules);
    const refresh = await tokens.signRefresh({ ...claims, jti, generation: 0, extra: {} }, rules);
    sessions.push({ id, access, refresh });
    const columns = {
      id,
      user_id: user.id,
      contract: emailCookie.name,
      created_at_ms: nowMs,
      last_used_at_ms: nowMs,
      expires_at_ms: expiresAtMs,
      credential_version: user.credential_version,
      refresh_hash: hash,
      refresh_generation: 0,
      refreshed_at_ms: nowMs,
      address: '10.0.0.1',
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    };
    rows.push({ table: 'sessions', columns });
  }
  await insertRows(database, rows);
  return sessions;
}
