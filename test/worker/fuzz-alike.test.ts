/**
 * However a wrong login is spelled, an account that there is and one that there is not are told the
 * same: status, headers and bytes, before a lock and under it. Both get the same request, but for
 * the name, at the same moment, so that nothing but the trace id may differ.
 */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addUser,
  contractCases,
  freshAddress,
  createTestApp,
  type TestUser,
} from '../support/test-app.ts';
import { changeOf } from '../support/fuzz/changes.ts';
import { captureConsole } from '../support/fuzz/captured-console.ts';
import { changed, requestInit, type Change, type Outgoing } from '../support/fuzz/outgoing.ts';
import { ORIGIN } from '../support/fuzz/fixture.ts';

const RUNS = 150;
/** Past the fifth failure, so that locks are compared as well. */
const TURNS = 7;

beforeEach(() => {
  captureConsole();
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

/** A name that is put in place of both would be the same account, a failure further. */
const keepsNames = (change: Change): boolean =>
  // Whoever names no address shares one with all others who do not.
  !('header' in change && change.header === 'CF-Connecting-IP') &&
  !('which' in change && 'json' in change && change.which === 0) &&
  !('extra' in change && /^(?:email|username)$/.test(change.extra)) &&
  !('edit' in change && 'put' in change.edit);

const spelling = fc.array(changeOf(true).filter(keepsNames), { minLength: 1, maxLength: 2 });

describe.each(contractCases)('$name', ({ name, path, body }) => {
  const { fetch } = createTestApp({
    CONTRACTS: [name],
    ADDRESS_LIMITS: { [name]: 1000 },
    OPERATOR_TOKEN: undefined,
  });

  const told = async (person: TestUser, changes: readonly Change[], address: string) => {
    let request: Outgoing = {
      origin: ORIGIN,
      method: 'POST',
      path,
      headers: [
        ['Content-Type', 'application/json'],
        ['CF-Connecting-IP', address],
      ],
      fields: Object.entries(body(person)).map(([field, value]) => [field, JSON.stringify(value)]),
      spoils: [],
    };
    for (const change of changes) request = changed(request, change);
    const init = requestInit(request);
    if (init === null) return null;
    const { status, headers, text } = await fetch(request.path, init);
    const trace = headers.get('X-Request-Id') ?? '';
    return JSON.stringify([status, [...headers], text]).replaceAll(trace, '<trace>');
  };

  it('tells nobody which names there are, however a wrong login is spelled', async () => {
    // One address each: both have as many attempts left.
    const [knownFrom, unknownFrom] = [freshAddress(), freshAddress()];
    let turns = 0;
    let known: TestUser;
    let unknown: TestUser;
    const statuses = new Map<string, number>();
    const property = fc.asyncProperty(spelling, async (changes) => {
      if (turns % TURNS === 0) {
        // Names that no edit makes of each other: a count that was begun under the name of
        // nobody does not pass on to who takes the name later.
        const id = crypto.randomUUID();
        const username = `person-${id}`;
        const email = `${username}@example.com`;
        const { password: _, ...person } = await addUser({
          username,
          username_key: username,
          email,
        });
        known = { ...person, username, email, password: 'a wrong one' };
        const other = (text: string) => text.replace('person', 'nobody');
        unknown = { ...known, username: other(username), email: other(email) };
      }
      turns += 1;
      vi.setSystemTime(vi.getRealSystemTime());
      const one = await told(known, changes, knownFrom);
      const other = await told(unknown, changes, unknownFrom);
      expect(other).toBe(one);
      const status = one?.slice(1, 4) ?? 'not sent';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    await fc.assert(property, { numRuns: RUNS });
    // Refused for the password, and no more than half of them for their form.
    expect(statuses.get('401')).toBeGreaterThan(RUNS / 8);
  });
});
