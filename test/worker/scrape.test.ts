/** `GET /metrics`: both formats, for operators alone. */
import { describe, expect, it, vi } from 'vitest';
import { addUser, contractCase, contractCases, createTestApp } from '../support/test-app.ts';
import { operatorToken } from '../support/operator.ts';
import { aggregatorWith, measured, OPENMETRICS, scrape } from '../support/scrape.ts';
import { client, WRONG } from '../support/session.ts';

describe('GET /metrics', () => {
  it('includes a login right after it, though nothing was flushed yet', async () => {
    const { name, path, body } = contractCase('email-cookie');
    const app = createTestApp(measured);
    const user = await addUser();
    const before = await scrape(app);
    const slow = createTestApp({ ...measured, METRICS_FLUSH_SECONDS: 1 });
    const login = slow.post(path, body(user));
    let after = before;
    await vi.waitFor(
      async () => {
        after = await scrape(slow);
        expect(after.value('auth_login_success_total', { contract: name })).toBe(
          before.value('auth_login_success_total', { contract: name }) + 1,
        );
      },
      { timeout: 30_000 },
    );
    await login;
    expect((await scrape(app)).value('auth_login_success_total', { contract: name })).toBe(
      after.value('auth_login_success_total', { contract: name }),
    );
  });

  it.each([
    ['text/plain', 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    ['', 'text/plain; version=0.0.4; charset=utf-8'],
    [OPENMETRICS, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    [
      // Prometheus 2.42's own.
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    [`${OPENMETRICS};q=0.2, text/plain;q=0.9`, 'text/plain; version=0.0.4; charset=utf-8'],
    [`${OPENMETRICS};q=0`, 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text; version=0.0.1', 'text/plain; version=0.0.4; charset=utf-8'],
  ])('answers Accept: %s as %s', async (accept, type) => {
    const { headers } = await scrape(createTestApp(measured), accept);
    expect(headers.get('Content-Type')).toBe(type);
    expect(headers.get('Vary')).toBe('Origin, Accept');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  it('has the same in both formats, and no identifier, address or name', async () => {
    const app = createTestApp(measured);
    const user = await addUser();
    for (const { name } of contractCases) {
      const { login } = client(app, name);
      await login(user, { address: '192.0.2.123' });
      await login({ ...user, password: WRONG }, { address: '192.0.2.123' });
    }
    const plain = await scrape(app);
    const open = await scrape(app, OPENMETRICS);
    const samples = ({ families }: typeof plain) =>
      [...families.values()].flatMap((family) =>
        family.samples.map(({ name, labels: { le, ...labels }, value }) =>
          JSON.stringify([
            name,
            labels,
            le === undefined ? '' : Number(le.replace('+Inf', '0')),
            value,
          ]),
        ),
      );
    // The scrape itself calls a limiter, and counts only failures.
    expect(samples(open)).toEqual(samples(plain));
    expect(plain.families.get('auth_login_duration_ms')).toMatchObject({
      type: 'histogram',
      unit: null,
    });
    expect(open.families.get('auth_login_duration_ms')).toMatchObject({
      type: 'histogram',
      unit: 'ms',
    });
    expect(open.families.get('auth_login_success')?.type).toBe('counter');
    for (const secret of [user.username, user.email, '192.0.2.123', '@']) {
      expect(plain.text).not.toContain(secret);
    }
  });

  it('answers no other method', async () => {
    const headers = { Authorization: `Bearer ${operatorToken}` };
    const { status } = await createTestApp(measured).fetch('/metrics', { method: 'POST', headers });
    expect(status).toBe(404);
  });

  it('is not there without a token, and then nothing is flushed', async () => {
    const { path, body } = contractCase('email-cookie');
    const calls: string[] = [];
    const intercept = (method: string, proceed: () => Promise<unknown>) => (
      calls.push(method),
      proceed()
    );
    const app = createTestApp({ OPERATOR_TOKEN: undefined, ...aggregatorWith(intercept) });
    await app.post(path, body(await addUser()));
    expect((await app.fetch('/metrics')).status).toBe(404);
    expect(calls).toEqual([]);
  });
});
