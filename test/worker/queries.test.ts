/** Every statement that the app makes finds its rows by an index. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { addUser, doors, house } from '../support/house.ts';
import { client, held } from '../support/session.ts';

async function planOf(sql: string): Promise<string[]> {
  const values = Array.from(sql.matchAll(/\?/g), () => null);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

it('scans no table, whatever is asked', async () => {
  const statements = new Set<string>();
  const here = house({}, (call, proceed) => {
    if (call.to === 'database') for (const sql of call.what) statements.add(sql);
    return proceed();
  });
  for (const { name } of doors) {
    const { login, refresh, profile, sessions, endSession, logout, logoutAll } = client(here, name);
    const person = await addUser();
    await login({ ...person, password: 'a wrong one' });
    const { access, refresh: token } = held(await login(person));
    if (token !== '') await refresh(token);
    await profile(access);
    await sessions(access);
    await endSession(access, crypto.randomUUID());
    await logout(access);
    await logoutAll(held(await login(person)).access);
  }
  await here.fetch('/healthz');
  expect(statements.size).toBeGreaterThanOrEqual(13);
  for (const sql of statements) {
    for (const step of await planOf(sql))
      expect([sql, step]).not.toEqual([sql, expect.stringMatching(/^SCAN (?!CONSTANT)/)]);
  }
});

it('would notice a scan', async () => {
  expect(await planOf('SELECT * FROM users WHERE phone = ?')).toEqual(['SCAN users']);
});
