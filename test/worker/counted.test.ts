/** Each request to an operation that counts at its address counts once, whatever its body is. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ATTEMPT_PATHS } from '../fixtures/attempt-paths.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { addUser, contractCases, freshAddress, createTestApp } from '../support/test-app.ts';
import { client, tokensOf } from '../support/session.ts';

/** Two attempts a minute, everywhere. */
const few = { ADDRESS_LIMITS: Object.fromEntries(contractCases.map(({ name }) => [name, 2])) };

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});
const repeat = async <T>(times: number, work: () => Promise<T>): Promise<T[]> => {
  const done: T[] = [];
  for (let n = 0; n < times; n += 1) done.push(await work());
  return done;
};
const tally = (values: readonly (number | string)[]) => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};
const outcomes = () => tally(captured.take().map((line) => JSON.parse(line).outcome));

describe.each(contractCases)('$name', (contractCase) => {
  const { name, contract, path, body, attemptsPerMinute: limit } = contractCase;
  const { malformed } = contractCase.status;

  it('limits an address whose bodies are all empty objects, and bounds their log lines', async () => {
    const address = freshAddress();
    const { post } = createTestApp();
    const statuses = (await repeat(75, () => post(path, {}, { address }))).map(
      ({ status }) => status,
    );
    expect(statuses.slice(0, limit).every((status) => status === malformed)).toBe(true);
    expect(statuses.slice(limit).every((status) => status === 429)).toBe(true);
    // The 1st, 2nd, 4th, 8th … of those over the limit: of 15, or of 65.
    expect(outcomes()).toEqual({ malformed: limit, limited: limit === 60 ? 4 : 7 });
  });

  it('refuses the registration over the limit itself, before the isolate remembers the address', async () => {
    const { post } = createTestApp({
      ...few,
      EMAIL_LIMITS: { perAddressPerHour: 1000, perHour: 1_000_000 },
    });
    const address = freshAddress();
    const register = async (n: number) => {
      const names = { username: `over-${n}-${name}`, email: `over-${n}-${name}@example.com` };
      const application = { ...names, password: 'a long enough one' };
      return (await post(`/${name}${contract.base}/register`, application, { address })).status;
    };
    expect([await register(1), await register(2), await register(3)]).toEqual([202, 202, 429]);
  });

  it('counts a parallel burst of them exactly, whatever X-Forwarded-For says', async () => {
    const address = freshAddress();
    const { post } = createTestApp();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        post(path, '{', { address, headers: { 'X-Forwarded-For': `198.51.100.${n}` } }),
      ),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({
      [malformed]: limit,
      429: 200 - limit,
    });
    expect(captured.take().length).toBeLessThanOrEqual(limit + 8);
  });

  it.each([
    ['no JSON', '{', {}],
    ['no object', '[]', {}],
    ['fields of wrong types', { email: 1, username: 2, password: 3 }, {}],
    ['more bytes than there may be', ' '.repeat(16_385), {}],
    ['another type', {}, { 'Content-Type': 'text/plain' }],
    ['no type', {}, { 'Content-Type': '' }],
  ] as const)('counts a body with %s once, as it does a good one', async (_, faulty, headers) => {
    const address = freshAddress();
    const { post } = createTestApp(few);
    const person = await addUser();
    const answers = [
      await post(path, faulty, { address, headers }),
      await post(path, body(person), { address }),
      await post(path, body(person), { address }),
      await post(path, faulty, { address, headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([malformed, 200, 429, 429]);
    expect(answers[2]?.headers.get('Retry-After')).toMatch(/^\d+$/);
  });

  it('counts them over all operations that count at an address', async () => {
    const { base } = client(createTestApp(), name);
    for (const operation of ATTEMPT_PATHS) {
      const address = freshAddress();
      const { post } = createTestApp(few);
      const answers = await repeat(3, () => post(`${base}/${operation}`, {}, { address }));
      expect([operation, ...answers.map(({ status }) => status)]).toEqual([
        operation,
        malformed,
        malformed,
        429,
      ]);
      expect((await post(path, body(await addUser()), { address })).status).toBe(429);
    }
  });

  it('does not let another site use up the attempts of its visitor', async () => {
    const address = freshAddress();
    const { post } = createTestApp(few);
    const headers = { 'Content-Type': 'text/plain', Origin: 'https://evil.example' };
    const answers = await repeat(300, () => post(path, {}, { address, headers }));
    expect(tally(answers.map(({ status }) => status))).toEqual({ [malformed]: 300 });
    // 120 a minute, and of the 180 beyond the 1st, 2nd, 4th … 128th.
    expect(outcomes()).toEqual({ malformed: 128 });
    expect((await post(path, body(await addUser()), { address })).status).toBe(200);
  });

  it('refuses a body at fault in its own words where the limiter is out of reach', async () => {
    const { post } = createTestApp({}, (call, proceed) =>
      call.to === 'limits' ? Promise.reject(new Error('lost')) : proceed(),
    );
    expect((await post(path, {})).status).toBe(500);
  });

  it('bounds the log lines of wrong tokens, and not their answers', async () => {
    const { base } = client(createTestApp(), name);
    const { fetch, post } = createTestApp();
    const headers = { Authorization: 'Bearer x.y.z', 'CF-Connecting-IP': freshAddress() };
    const profile = () => fetch(`/${name}${contract.profilePath}`, { headers });
    expect(tally((await repeat(300, profile)).map(({ status }) => status))).toEqual({ 401: 300 });
    expect(outcomes()).toEqual({ unauthenticated: 128 });
    if (contract.refresh === null) return;
    captured.take();
    const address = freshAddress();
    const refresh = () => post(`${base}/refresh`, { refreshToken: 'x.y.z' }, { address });
    expect(tally((await repeat(300, refresh)).map(({ status }) => status))).toEqual({ 401: 300 });
    expect(outcomes()).toEqual({ unauthenticated: 128 });
  });

  it('bounds the log lines of a logout that is repeated', async () => {
    const { login, base } = client(createTestApp(), name);
    const { access } = tokensOf(await login(await addUser()));
    const { fetch } = createTestApp();
    captured.take();
    const headers = { Authorization: `Bearer ${access}`, 'CF-Connecting-IP': freshAddress() };
    const logout = () => fetch(`${base}/logout`, { method: 'POST', headers });
    await repeat(300, logout);
    expect(outcomes()).toEqual({ granted: 128 });
  });
});

it('bounds the log lines of requests that another site has caused', async () => {
  const { fetch } = createTestApp();
  const headers = {
    Cookie: 'refreshToken=x.y.z',
    Origin: 'https://evil.example',
    'CF-Connecting-IP': freshAddress(),
  };
  for (const operation of ['refresh', 'logout']) {
    const path = `/email-cookie/api/v1/auth/${operation}`;
    const answers = await repeat(150, () => fetch(path, { method: 'POST', headers }));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 403: 150 });
  }
  expect(outcomes()).toEqual({ 'cross-site': 128 });
});

it('writes no line for a method or a path that is none', async () => {
  const { fetch } = createTestApp();
  const headers = { 'CF-Connecting-IP': freshAddress() };
  for (const path of ['/email-cookie/api/v1/auth/login', '/email-cookie/nowhere', '/nowhere']) {
    await fetch(path, { method: 'PUT', headers, body: '{}' });
  }
  expect(captured.take()).toEqual([]);
});
