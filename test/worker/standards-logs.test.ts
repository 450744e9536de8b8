/** Who tries to get around a control is in the log (OWASP ASVS 5.0 V16.3), and what they brought is not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addUser, freshAddress, house } from '../support/house.ts';
import { added } from '../support/scrape.ts';
import { client, held } from '../support/session.ts';

const lines: string[] = [];
const said = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((...words) => void lines.push(words.join(' ')));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the operator’s door', () => {
  it.each(['/admin/users', '/admin/nowhere', '/metrics'])(
    'logs who knocked with a wrong token, and not the token: %s',
    async (path) => {
      const address = freshAddress();
      const headers = { 'CF-Connecting-IP': address, Authorization: 'Bearer canary-5d1f' };
      const answer = await house().fetch(path, { headers });
      expect(answer.status).toBe(401);
      expect(said()).toEqual([
        {
          event: 'operator',
          route: 'the door',
          status: 401,
          address,
          trace_id: answer.headers.get('X-Request-Id'),
          duration_ms: expect.any(Number),
        },
      ]);
      expect(lines.join('')).not.toContain('canary');
    },
  );
});

describe('a form of the login without scripts', () => {
  it.each([
    { what: 'from another site', outcome: 'cross-site', status: 403, body: 'email=a' },
    { what: 'that is not UTF-8', outcome: 'malformed', status: 400, body: 'email=%FF' },
    { what: 'that is too large', outcome: 'malformed', status: 413, body: 'x'.repeat(16_385) },
  ])('is logged and counted $what', async ({ outcome, status, body }) => {
    const here = house();
    const address = freshAddress();
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': address,
      ...(outcome === 'cross-site' ? { Origin: 'https://evil.example' } : {}),
    };
    const path = '/email-cookie/api/v1/auth/login-form';
    const more = await added(here, async () => {
      expect((await here.fetch(path, { method: 'POST', headers, body })).status).toBe(status);
    });
    expect(said().filter(({ event }) => event === 'login')).toMatchObject([
      { contract: 'email-cookie', outcome, address, identifier: null },
    ]);
    const labels = { contract: 'email-cookie', reason: outcome };
    expect(more('auth_login_failure_total', labels)).toBe(1);
  });
});

describe('a request that another site caused', () => {
  it.each(['refresh', 'logout'])('is logged and counted: %s', async (operation) => {
    const here = house();
    const { login, base } = client(here, 'email-cookie');
    const { refresh: token } = held(await login(await addUser()));
    lines.length = 0;
    const address = freshAddress();
    const headers = { Cookie: `refreshToken=${token}`, Origin: 'https://evil.example' };
    const more = await added(here, async () => {
      expect((await here.post(`${base}/${operation}`, '', { address, headers })).status).toBe(403);
    });
    const refused = said().filter(({ event }) => event === operation);
    expect(refused).toMatchObject([{ contract: 'email-cookie', outcome: 'cross-site', address }]);
    const labels = { contract: 'email-cookie', reason: 'cross-site' };
    expect(more(`auth_${operation}_failure_total`, labels)).toBe(1);
    for (const part of token.split('.')) expect(lines.join('')).not.toContain(part);
  });
});
