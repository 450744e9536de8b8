/** Each request to an operation that counts at its address counts once, whatever its body is. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FORM, routeOf } from '../../src/contracts/routes.ts';
import { ATTEMPTS, BODILESS_ATTEMPTS } from '../fixtures/attempts.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import {
  addUser,
  freshAddress,
  createTestApp,
  newUser,
  oneOfEachKind,
} from '../support/test-app.ts';
import { client, tokensOf } from '../support/session.ts';

/** Two attempts a minute, everywhere. */
const few = { ADDRESS_LIMITS: Object.fromEntries(oneOfEachKind.map(({ name }) => [name, 2])) };

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

// Attempts are counted by media type, path and limit, which a contract of each kind has.
describe.each(oneOfEachKind)('$name', (contractCase) => {
  const { name, contract, statusAt, attemptsPerMinute: limit } = contractCase;
  const { malformed, limited, granted } = contractCase.status;

  it('limits an address whose bodies are all empty objects, and bounds their log lines', async () => {
    const address = freshAddress();
    const { askWith } = client(createTestApp(), name);
    const answers = await repeat(75, () => askWith('login', {}, { address }));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, limit).every((status) => status === malformed)).toBe(true);
    expect(statuses.slice(limit).every((status) => status === limited)).toBe(true);
    // The 1st, 2nd, 4th, 8th … of those over the limit: of 15, or of 65.
    expect(outcomes()).toEqual({ malformed: limit, limited: limit === 60 ? 4 : 7 });
  });

  it('refuses the registration over the limit itself, before the isolate remembers the address', async () => {
    const EMAIL_LIMITS = { perAddressPerHour: 1000, perHour: 1_000_000 };
    const { ask, application } = client(createTestApp({ ...few, EMAIL_LIMITS }), name);
    const address = freshAddress();
    const answers = await repeat(3, () => ask('register', application(newUser()), { address }));
    const { registered } = statusAt('register');
    expect(answers.map(({ status }) => status)).toEqual([registered, registered, limited]);
  });

  it('counts a parallel burst of them exactly, whatever X-Forwarded-For says', async () => {
    const address = freshAddress();
    const { askRaw } = client(createTestApp(), name);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        askRaw('login', '{%', { address, headers: { 'X-Forwarded-For': `198.51.100.${n}` } }),
      ),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({
      [malformed]: limit,
      [limited]: 200 - limit,
    });
    expect(captured.take().length).toBeLessThanOrEqual(limit + 8);
  });

  it.each([
    ['neither JSON nor a form', '{%', {}],
    ['no object', '[]', {}],
    ['no fields', '{}', {}],
    ['more bytes than there may be', ' '.repeat(16_385), {}],
    ['another type', '{}', { 'Content-Type': 'text/plain' }],
    ['no type', '{}', { 'Content-Type': '' }],
  ] as const)('counts a body with %s once, as it does a good one', async (_, faulty, headers) => {
    const address = freshAddress();
    const { login, askRaw } = client(createTestApp(few), name);
    const person = await addUser();
    const answers = [
      await askRaw('login', faulty, { address, headers }),
      await login(person, { address }),
      await login(person, { address }),
      await askRaw('login', faulty, { address, headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([malformed, granted, limited, limited]);
    expect(answers[2]?.headers.get('Retry-After')).toMatch(/^\d+$/);
  });

  it('counts them over all operations that count at an address', async () => {
    for (const operation of ATTEMPTS) {
      const address = freshAddress();
      const { askRaw, login } = client(createTestApp(few), name);
      const answers = await repeat(3, () => askRaw(operation, '%', { address }));
      const { malformed, limited } = statusAt(operation);
      expect([operation, ...answers.map(({ status }) => status)]).toEqual([
        operation,
        malformed,
        malformed,
        limited,
      ]);
      expect((await login(await addUser(), { address })).status).toBe(statusAt('login').limited);
    }
  });

  it('counts those that have no body', async () => {
    for (const operation of BODILESS_ATTEMPTS) {
      const address = freshAddress();
      const { ask, inputs } = client(createTestApp(few), name);
      const input = inputs(newUser())[operation] as null;
      const answers = await repeat(3, () => ask(operation, input, { address }));
      const { 'missing-token': missing, limited } = statusAt(operation);
      expect(answers.map(({ status }) => status)).toEqual([missing, missing, limited]);
    }
  });

  it('does not let another site use up the attempts of its visitor', async () => {
    const address = freshAddress();
    const { askRaw, login } = client(createTestApp(few), name);
    const headers = { 'Content-Type': 'text/plain', Origin: 'https://evil.example' };
    const answers = await repeat(300, () => askRaw('login', '{}', { address, headers }));
    const isForm = routeOf(contract, 'login').accepts === FORM;
    const refusal = isForm ? 'cross-site' : 'malformed';
    expect(tally(answers.map(({ status }) => status))).toEqual({
      [contractCase.status[refusal]]: 300,
    });
    // 120 a minute, and of the 180 beyond the 1st, 2nd, 4th … 128th.
    expect(outcomes()).toEqual({ [refusal]: 128 });
    expect((await login(await addUser(), { address })).status).toBe(granted);
  });

  it('refuses a body at fault in its own words where the limiter is out of reach', async () => {
    const app = createTestApp({}, (call, proceed) =>
      call.to === 'limits' ? Promise.reject(new Error('lost')) : proceed(),
    );
    const { status } = await client(app, name).askWith('login', {});
    expect(status).toBe(contractCase.status.internal);
  });

  it('bounds the log lines of wrong tokens, and not their answers', async () => {
    const { ask, refresh } = client(createTestApp(), name);
    const expectBounded = async (
      operation: 'profile' | 'refresh',
      send: () => Promise<{ status: number }>,
    ) => {
      const statuses = (await repeat(300, send)).map(({ status }) => status);
      expect(tally(statuses)).toEqual({ [statusAt(operation).unauthenticated]: 300 });
      expect(outcomes()).toEqual({ unauthenticated: 128 });
    };
    const from = { address: freshAddress() };
    await expectBounded('profile', () => ask('profile', null, { ...from, token: 'x.y.z' }));
    if (contract.refresh === null) return;
    const other = { address: freshAddress() };
    await expectBounded('refresh', () => refresh('x.y.z', other));
  });

  it('bounds the log lines of a logout that is repeated', async () => {
    const { login, logout } = client(createTestApp(), name);
    const tokens = tokensOf(await login(await addUser()));
    captured.take();
    const from = { address: freshAddress() };
    await repeat(300, () => logout(tokens, from));
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
