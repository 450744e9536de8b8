/** Refusals of addresses and accounts that this isolate already knows to be over their limit. */
import { describe, expect, it, vi } from 'vitest';
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';

const { path, body } = contractCase('email-cookie');

describe('an address over its limit', () => {
  it('costs no database write when first refused, and is then refused from memory', async () => {
    const calls: string[] = [];
    const { post } = createTestApp({ ADDRESS_LIMITS: { 'email-cookie': 2 } }, (call, proceed) => {
      calls.push(`${call.to} ${call.method}`);
      return proceed();
    });
    const from = { address: '203.0.113.9' };
    const user = await addUser();
    for (let n = 0; n < 2; n += 1) await post(path, body(user), from);
    calls.length = 0;
    expect((await post(path, body(user), from)).status).toBe(429);
    expect(calls.toSorted()).toEqual(['database all', 'limits consume']);
    calls.length = 0;
    const answer = await post(path, body(user), from);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('RateLimit-Policy')).toBe('"address";q=2;w=60');
    expect(answer.headers.get('RateLimit')).toBe(
      `"address";r=0;t=${answer.headers.get('Retry-After')}`,
    );
    for (const faulty of ['', '{', '[]', { email: 'nobody' }]) {
      expect((await post(path, faulty, from)).status).toBe(429);
    }
    expect(calls).toEqual([]);
  });

  it('is a whole IPv6 /64', async () => {
    const { post } = createTestApp({ ADDRESS_LIMITS: { 'email-cookie': 2 } });
    const user = await addUser();
    const from = async (address: string) => (await post(path, body(user), { address })).status;
    expect(await from('2001:db8:1:2::1')).toBe(200);
    expect(await from('2001:db8:1:2:ffff::1')).toBe(200);
    expect(await from('2001:DB8:1:2:8000:0:0:3')).toBe(429);
    expect(await from('2001:db8:1:3::1')).toBe(200);
  });
});

it('refuses an address over its limit for e-mail from memory, whatever the body, and only e-mail', async () => {
  const calls: string[] = [];
  const limits = { EMAIL_LIMITS: { perAddressPerHour: 1, perHour: 1_000_000 } };
  const { post } = createTestApp(limits, (call, proceed) => (calls.push(call.method), proceed()));
  const from = { address: '203.0.113.11' };
  const send = (operation: string, faulty: unknown) =>
    post(path.replace('login', operation), faulty, from);
  const asked = { email: 'nobody.at.all@example.com' };
  expect((await send('forgot-password', asked)).status).toBe(202);
  expect((await send('forgot-password', asked)).status).toBe(429);
  calls.length = 0;
  for (const operation of ['register', 'verify-email/send', 'forgot-password', 'change-email']) {
    for (const faulty of ['{', {}, asked]) {
      const { status, headers } = await send(operation, faulty);
      expect([operation, status]).toEqual([operation, 429]);
      expect(headers.get('RateLimit-Policy')).toBe('"address";q=1;w=3600');
    }
  }
  expect(calls).toEqual([]);
  expect((await send('login', {})).status).toBe(400);
});

it('refuses from a remembered lock for at most five seconds, without a lockout call', async () => {
  const calls: string[] = [];
  const { post } = createTestApp({}, (call, proceed) => (calls.push(call.method), proceed()));
  const user = await addUser();
  for (let n = 0; n < 6; n += 1) await post(path, body({ ...user, password: 'wrong' }));
  calls.length = 0;
  expect((await post(path, body(user))).status).toBe(429);
  expect(calls).not.toContain('reserve');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_000 });
  await post(path, body(user)).finally(() => vi.useRealTimers());
  expect(calls).toContain('reserve');
});
