/** The database or the guard fails at any of its calls: the door stays shut, in good manners. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Call, Tap } from '../support/tap.ts';
import { addUser, count, doors, house } from '../support/house.ts';

/** Fails the calls that `which` picks. */
const failing =
  (which: (call: Call) => boolean): Tap =>
  (call, proceed) =>
    which(call) ? Promise.reject(new Error('Network connection lost.')) : proceed();

const faults: [string, (call: Call) => boolean][] = [
  ['the look-up fails', ({ method }) => method === 'all'],
  ['the batch fails', ({ method }) => method === 'batch'],
  ['the whole database is away', ({ to }) => to === 'database'],
  ['the address’s guard is away', ({ method }) => method === 'admit'],
  ['the account’s guard is away', ({ method }) => method === 'reserve'],
  ['every guard is away', ({ to }) => to === 'guard'],
  ['everything is away', () => true],
];

const INTERNAL: Record<string, object> = {
  'username-coded': { success: false, error: { code: 'INTERNAL_ERROR' } },
  'username-pair': { error: 'InternalServerError' },
  'email-envelope': { success: false, code: 'INTERNAL_ERROR', errors: {} },
  'email-remember': { error: { code: 'INTERNAL_ERROR' } },
  'email-cookie': { error: { code: 'INTERNAL_SERVER_ERROR', details: {} } },
};

describe.each(doors)('$name', ({ name, path, body }) => {
  it.each(faults)('refuses a right password while %s', async (_, which) => {
    const person = await addUser();
    const answer = await house({}, failing(which)).post(path, body(person));
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject(INTERNAL[name] ?? {});
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(answer.text).not.toMatch(/Network|eyJ/);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it('gives no verdict on a wrong password that could not be counted', async () => {
    const person = { ...(await addUser()), password: 'a wrong one' };
    const unsettled = failing(({ method }) => method === 'settle');
    expect((await house({}, unsettled).post(path, body(person))).status).toBe(500);
  });

  it('lets a right password in though its refund fails', async () => {
    const person = await addUser();
    const unsettled = failing(({ method }) => method === 'settle');
    expect((await house({}, unsettled).post(path, body(person))).status).toBe(200);
  });

  it('answers a wrong password though its audit row fails', async () => {
    const person = { ...(await addUser()), password: 'a wrong one' };
    const unaudited = failing(({ method }) => method === 'run');
    expect((await house({}, unaudited).post(path, body(person))).status).toBe(401);
  });
});

it('does not add outages up to a lock', async () => {
  const [{ path, body }] = doors as [(typeof doors)[number]];
  const person = await addUser();
  const { post } = house(
    {},
    failing(({ method }) => method === 'batch'),
  );
  for (let n = 0; n < 10; n += 1) expect((await post(path, body(person))).status).toBe(500);
  expect((await house().post(path, body(person))).status).toBe(200);
});

describe('a guard call that fails', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const { path, body } = doors[0] as (typeof doors)[number];
  const failOnce = (flags: object): Tap => {
    let failed = false;
    return (call, proceed) => {
      if (call.method !== 'reserve' || failed) return proceed();
      failed = true;
      return Promise.reject(Object.assign(new Error('lost'), flags));
    };
  };

  it('is repeated once where the platform calls it retryable', async () => {
    const person = await addUser();
    const answer = await house({}, failOnce({ retryable: true })).post(path, body(person));
    expect(answer.status).toBe(200);
  });

  it('is not repeated where the guard is overloaded', async () => {
    const person = await addUser();
    const overloaded = failOnce({ retryable: true, overloaded: true });
    expect((await house({}, overloaded).post(path, body(person))).status).toBe(500);
  });
});

describe('/healthz', () => {
  it('answers 200 when the database and the guard answer', async () => {
    const { status, text } = await house().fetch('/healthz');
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
  });

  it.each(['database', 'guard'])('answers 503 when the %s does not', async (part) => {
    const { fetch } = house(
      {},
      failing(({ to }) => to === part),
    );
    const { status, text } = await fetch('/healthz');
    expect([status, text]).toEqual([503, '{"status":"unavailable"}']);
  });

  it('answers 503 when the schema is missing', async () => {
    const empty = { prepare: () => env.DB.prepare('SELECT id FROM no_such_table') };
    const { status } = await house({ DB: empty }).fetch('/healthz');
    expect(status).toBe(503);
  });
});
