/** Every statement that the app makes finds its rows by an index. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { addUser, doors, house } from '../support/house.ts';

async function planOf(sql: string): Promise<string[]> {
  const values = Array.from(sql.matchAll(/\?/g), () => null);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

it('scans no table, whatever is asked', async () => {
  const statements = new Set<string>();
  const { post, fetch } = house({}, (call, proceed) => {
    if (call.to === 'database') for (const sql of call.what) statements.add(sql);
    // A lagging replica and an expired ticket bring the rarer statements out.
    return proceed();
  });
  for (const { path, body } of doors) {
    const person = await addUser();
    await post(path, body(person));
    await post(path, body({ ...person, password: 'a wrong one' }));
  }
  await fetch('/healthz');
  expect(statements.size).toBeGreaterThanOrEqual(6);
  for (const sql of statements) {
    for (const step of await planOf(sql))
      expect([sql, step]).not.toEqual([sql, expect.stringMatching(/^SCAN (?!CONSTANT)/)]);
  }
});

it('would notice a scan', async () => {
  expect(await planOf('SELECT * FROM users WHERE phone = ?')).toEqual(['SCAN users']);
});
