/**
 * Laws that every contract keeps, and that the next one is held to without a line written here:
 * a client cannot tell why a login failed, nothing internal is told, nothing is cached.
 */
import { describe, expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import {
  addUser,
  contractCases,
  hashOf,
  createTestApp,
  type TestUser,
} from '../support/test-app.ts';

/** What a stranger may look like to the house. All must be answered alike. */
async function strangers(): Promise<[string, TestUser][]> {
  const wrong = 'a wrong password';
  const unknown = { username: 'nobody', email: 'nobody@example.com', password: wrong };
  const cheap = await hashOf('the password', { iterations: 10, rounds: 1 });
  const users = [
    ['a wrong password', {}],
    ['no password at all', { password_hash: null }],
    ['a hash that is not ours', { password_hash: '$2b$12$abcdefghijklmnopqrstuv' }],
    ['a hash above the platform’s cap', { password_hash: overCap(cheap) }],
    ['a hash under a lost pepper', { password_hash: cheap.replace('n=1', 'n=1,k=lost') }],
    ['a cheaper hash', { password_hash: cheap }],
    ['an inactive account', { status: 'inactive' }],
    ['an unverified address', { email_verified: 0 }],
  ] as const;
  const people: [string, TestUser][] = [['an unknown user', unknown]];
  for (const [what, columns] of users) {
    people.push([what, { ...(await addUser(columns)), password: wrong }]);
  }
  return people;
}

const overCap = (hash: string) => hash.replace('i=10,', 'i=100001,');

/** Everything that a client sees or times, but for the ids and the clock. */
function visible(text: string, headers: Headers): string {
  const trace = headers.get('X-Request-Id') ?? '';
  return JSON.stringify([text, [...headers]]).replaceAll(trace, '<trace>');
}

describe.each(contractCases)('$name', ({ contract, path, body }) => {
  it('answers every failed login alike: bytes, headers, calls and derived iterations', async () => {
    const seen = new Map<string, string>();
    const { deriveBits } = crypto.subtle;
    for (const [what, person] of await strangers()) {
      const calls: string[] = [];
      let iterations = 0;
      crypto.subtle.deriveBits = (algorithm, key, length) => {
        iterations += (algorithm as { iterations: number }).iterations;
        return deriveBits.call(crypto.subtle, algorithm, key, length);
      };
      const { post } = createTestApp({}, (call, proceed) => {
        calls.push(`${call.to} ${call.method} ${call.to === 'database' ? call.what.join() : ''}`);
        return proceed();
      });
      const { status, text, headers } = await post(path, body(person));
      crypto.subtle.deriveBits = deriveBits;
      expect([what, status]).toEqual([what, 401]);
      seen.set(what, JSON.stringify([visible(text, headers), calls, iterations]));
    }
    expect([...new Set(seen.values())]).toHaveLength(1);
    expect([...seen.values()][0]).toContain(',600]');
  });

  it('locks an unknown account exactly like a known one', async () => {
    const { post } = createTestApp();
    const answers = [];
    const unknown = { username: `no-${contract.name}`, email: `no@${contract.name}.com` };
    for (const person of [await addUser(), unknown]) {
      const guess = body({ ...person, password: 'a wrong one' });
      const told = [];
      for (let n = 0; n < 7; n += 1) {
        const { text, headers } = await post(path, guess);
        // The seconds left may differ by the one that passed in between.
        headers.set('Retry-After', headers.has('Retry-After') ? 'some' : 'none');
        told.push(visible(text, headers));
      }
      answers.push(told);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('never lets an answer be cached, sniffed, framed or rendered', async () => {
    const { post, fetch } = createTestApp();
    const person = await addUser();
    const answers = [
      await post(path, body(person)),
      await post(path, body({ ...person, password: 'a wrong one' })),
      await post(path, '{'),
      await fetch(path),
      await fetch(`/${contract.name}/nowhere`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, answers[2]?.status, 405, 404]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
        'content-type': 'application/json',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      });
    }
  });

  it('refuses plain http outside local development, and does not redirect', async () => {
    const person = await addUser();
    const strict = {
      LOCAL_DEVELOPMENT: 'false',
      PASSWORD_COST: { iterations: 100_000, rounds: 6 },
    };
    const { post } = createTestApp(strict);
    const answer = await post(path, body(person), { origin: 'http://gatehouse.example' });
    const told = refusalWire(contract, { reason: 'insecure' }, { nowMs: 0, traceId: '' });
    expect(answer.status).toBe(told.status);
    expect(Object.keys(JSON.parse(answer.text))).toEqual(Object.keys(told.body ?? {}));
    const spoofed = {
      origin: 'http://gatehouse.example',
      headers: { 'X-Forwarded-Proto': 'https' },
    };
    expect((await post(path, body(person), spoofed)).status).toBe(told.status);
  });

  it('refuses more attempts from one address than it promises, whatever the contract before', async () => {
    const { post } = createTestApp();
    const address = `192.0.2.${contractCases.findIndex(({ name }) => name === contract.name)}`;
    const guess = (n: number) =>
      body({ username: `u${n}`, email: `u${n}@x.com`, password: 'guess' + n + 'xxxxx' });
    const statuses: number[] = [];
    for (let n = 0; n < contract.attemptsPerMinute + 1; n += 1) {
      const from = { address, headers: { 'X-Forwarded-For': `198.51.100.${n}` } };
      statuses.push((await post(path, guess(n), from)).status);
    }
    expect(statuses.slice(0, -1).every((status) => status === 401)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });
});
