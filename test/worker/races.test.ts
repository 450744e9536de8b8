/** Parallel requests get no more verdicts than requests one by one, and nobody is lost. */
import { exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addUser, count, contractCase, freshAddress, type TestUser } from '../support/test-app.ts';

/** As in account-guard.ts: how long a caller is kept waiting for a ticket. */
const LONGEST_WAIT_MS = 25_000;

// On a busy machine these take longer than anybody is kept waiting, so that patience never ends here.
beforeEach(() => {
  const { setTimeout: real } = globalThis;
  const patient = (act: () => void, ms?: number) =>
    ms === LONGEST_WAIT_MS ? undefined : real(act, ms);
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(patient as typeof setTimeout);
  return () => void vi.restoreAllMocks();
});

const { path, body } = contractCase('email-remember');

async function attempts(people: readonly TestUser[]): Promise<number[]> {
  const responses = await Promise.all(
    people.map((person) =>
      exports.default.fetch(`https://gatehouse.example${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': freshAddress() },
        body: JSON.stringify(body(person)),
      }),
    ),
  );
  return responses.map(({ status }) => status);
}

const tally = (statuses: readonly number[], status: number) =>
  statuses.filter((each) => each === status).length;

describe('1,000 parallel wrong guesses from 1,000 addresses', () => {
  it.each(['a known account', 'an unknown one'])(
    'reach 5 verdicts on %s, and no 5xx',
    async (who) => {
      const known = await addUser();
      const target = who === 'a known account' ? known : { ...known, email: `no-${known.email}` };
      const guesses = Array.from({ length: 1000 }, (_, n) => ({
        ...target,
        password: `guess ${n}`,
      }));
      const statuses = await attempts(guesses);
      expect(tally(statuses, 401)).toBe(5);
      expect(tally(statuses, 423) + tally(statuses, 429)).toBe(995);
    },
  );
});

it('lets 50 parallel right logins in, each with a session of its own', async () => {
  const person = await addUser();
  const statuses = await attempts(Array.from({ length: 50 }, () => person));
  expect(tally(statuses, 200)).toBe(50);
  expect(await count('sessions', person.id)).toBe(50);
});

it('tells at most 5 verdicts when right and wrong guesses come together', async () => {
  const person = await addUser();
  const wrong = { ...person, password: 'a wrong one' };
  // Wrong ones first: a success would give the failures back.
  const statuses = await attempts([...Array.from({ length: 100 }, () => wrong), person]);
  expect(tally(statuses, 401)).toBeLessThanOrEqual(5);
  expect(
    tally(statuses, 401) + tally(statuses, 423) + tally(statuses, 429) + tally(statuses, 200),
  ).toBe(101);
});
