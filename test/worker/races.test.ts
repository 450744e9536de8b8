/** Parallel logins get no more verdicts than logins one by one, and no right one is lost. */
import { exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WRONG } from '../support/session.ts';
import { addUser, contractCase, count, freshAddress, type TestUser } from '../support/test-app.ts';

/** As in account-lockout.ts: how long a caller waits for a ticket. */
const LONGEST_WAIT_MS = 25_000;

// On a busy machine these take longer, so that timer never goes off here.
beforeEach(() => {
  const { setTimeout: real } = globalThis;
  const patient = (act: () => void, ms?: number) =>
    ms === LONGEST_WAIT_MS ? undefined : real(act, ms);
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(patient as typeof setTimeout);
});

const { path, body } = contractCase('email-remember');

/** Logs in at once, each from an address of its own; returns how often each status was answered. */
async function tally(users: readonly TestUser[]): Promise<Record<number, number>> {
  const responses = await Promise.all(
    users.map((user) =>
      exports.default.fetch(`https://gatehouse.example${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': freshAddress() },
        body: JSON.stringify(body(user)),
      }),
    ),
  );
  const by = Map.groupBy(responses, ({ status }) => status);
  return Object.fromEntries(Array.from(by, ([status, { length }]) => [status, length]));
}

describe('1,000 parallel wrong guesses from 1,000 addresses', () => {
  it.each(['a known account', 'an unknown one'])(
    'reach 5 verdicts on %s, and no 5xx',
    async (which) => {
      const known = await addUser();
      const user = which === 'a known account' ? known : { ...known, email: `no-${known.email}` };
      const guesses = Array.from({ length: 1000 }, (_, n) => ({ ...user, password: `guess ${n}` }));
      const { 401: wrong, 423: locked = 0, 429: busy = 0 } = await tally(guesses);
      expect([wrong, locked + busy]).toEqual([5, 995]);
    },
  );
});

it('lets 50 parallel right logins in, each with a session of its own', async () => {
  const user = await addUser();
  expect(await tally(Array.from({ length: 50 }, () => user))).toEqual({ 200: 50 });
  expect(await count('sessions', user.id)).toBe(50);
});

it('tells at most 5 verdicts when right and wrong guesses come together', async () => {
  const user = await addUser();
  const wrong = { ...user, password: WRONG };
  // Wrong ones first: a success would give the failures back.
  const statuses = await tally([...Array.from({ length: 100 }, () => wrong), user]);
  const { 401: verdicts = 0, 200: granted = 0, 423: locked = 0, 429: busy = 0 } = statuses;
  expect(verdicts).toBeLessThanOrEqual(5);
  expect(verdicts + granted + locked + busy).toBe(101);
});
