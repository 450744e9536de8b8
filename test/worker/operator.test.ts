/** The operator's door: closed without a token, and to every wrong one. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { freshAddress, createTestApp } from '../support/test-app.ts';

const token = String(Reflect.get(env, 'OPERATOR_TOKEN'));
const asking = (authorization: string | null, address = freshAddress()) => ({
  headers: {
    'CF-Connecting-IP': address,
    ...(authorization === null ? {} : { Authorization: authorization }),
  },
});

it.each(['/admin/nothing', '/metrics/nothing'])('opens %s to its own token alone', async (path) => {
  const { fetch } = createTestApp();
  expect((await fetch(path, asking(`Bearer ${token}`))).status).toBe(404);
  for (const wrong of [
    null,
    '',
    'Bearer',
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token.toLowerCase()}`,
  ]) {
    const { status, headers } = await fetch(path, asking(wrong));
    expect([wrong, status]).toEqual([wrong, 401]);
    expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
  }
});

it('has no door where no token is set', async () => {
  const { fetch } = createTestApp({ OPERATOR_TOKEN: undefined });
  const { status, text } = await fetch('/admin/nothing', asking(`Bearer ${token}`));
  expect([status, JSON.parse(text)]).toEqual([
    404,
    { error: { code: 'NOT_FOUND', message: 'Not found' } },
  ]);
});

it('refuses plain http outside of local development', async () => {
  const { fetch } = createTestApp({ LOCAL_DEVELOPMENT: 'false', PASSWORD_COST: { rounds: 6 } });
  const plain = { ...asking(`Bearer ${token}`), origin: 'http://gatehouse.example' };
  expect((await fetch('/admin/nothing', plain)).status).toBe(403);
});

it('lets an address knock 120 times a minute', async () => {
  const { fetch } = createTestApp();
  const from = asking('Bearer nonsense', '203.0.113.120');
  const statuses = [];
  for (let n = 0; n < 121; n += 1) statuses.push((await fetch('/admin/nothing', from)).status);
  expect(new Set(statuses.slice(0, 120))).toEqual(new Set([401]));
  const { status, headers } = await fetch(
    '/admin/nothing',
    asking(`Bearer ${token}`, '203.0.113.120'),
  );
  expect([statuses[120], status]).toEqual([429, 429]);
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
});
