/**
 * Invariants of every contract in the list, the next one included: a client cannot tell why a login
 * failed, and nothing is answered over plain http.
 */
import { describe, expect, it } from 'vitest';
import {
  addUser,
  contractCases,
  deployed,
  hashOf,
  createTestApp,
  type TestUser,
} from '../support/test-app.ts';

/** Wrong logins of every kind, which must all be answered alike. */
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

/** Body and headers as a client sees them, without the trace id. */
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

  it('refuses plain http outside local development, and does not redirect', async () => {
    const { post } = createTestApp(deployed);
    const user = body(await addUser());
    for (const headers of [{}, { 'X-Forwarded-Proto': 'https' }]) {
      const answer = await post(path, user, { origin: 'http://gatehouse.example', headers });
      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringContaining('HTTPS is required'),
      ]);
    }
  });
});
