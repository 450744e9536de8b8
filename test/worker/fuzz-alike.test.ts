/**
 * A wrong login is answered alike for a known and an unknown name, however it is spelled: the same
 * mutations of two bodies that differ in the name, at the same moment, differ in the trace id alone.
 */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { captureConsole } from '../support/captured-console.ts';
import { mutationOf } from '../support/fuzz/arbitraries.ts';
import { applyMutations, requestInit, type Mutation } from '../support/fuzz/mutation.ts';
import { requestOf, withHeader } from '../support/fuzz/outgoing.ts';
import { visible, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  freshAddress,
  type TestUser,
} from '../support/test-app.ts';

const RUNS = 90;
/** More than five failures, so that locks are compared, too. */
const RUNS_OF_NAME = 7;

beforeEach(() => void captureConsole());

/** Leaves out what would put the same name or address into both requests. */
const keepsNames = (mutation: Mutation): boolean =>
  !('header' in mutation && mutation.header === 'CF-Connecting-IP') &&
  !('extra' in mutation && /^(?:email|username)$/.test(mutation.extra)) &&
  !('edit' in mutation && 'put' in mutation.edit);

const spelling = fc.array(mutationOf(true).filter(keepsNames), { minLength: 1, maxLength: 2 });

describe.each(contractCases)('$name', ({ name, attempt, statusAt }) => {
  const { fetch } = createTestApp({
    CONTRACTS: [name],
    ADDRESS_LIMITS: { [name]: 1000 },
    OPERATOR_TOKEN: undefined,
  });

  const answerTo = async (user: TestUser, mutations: readonly Mutation[], address: string) => {
    const request = requestOf(name, 'login', { input: attempt(user) });
    const login = withHeader(request, 'CF-Connecting-IP', address);
    const outgoing = applyMutations(login, mutations);
    const init = requestInit(outgoing);
    return init === null ? 'not sent' : visible(await fetch(outgoing.path, init));
  };

  /** A field is an index, modulo the number of fields; the first is the name. */
  const replacesName = (mutations: readonly Mutation[], user: TestUser): boolean => {
    const { fields } = requestOf(name, 'login', { input: attempt(user) });
    const isName = (index: number) => index % (fields?.length ?? 1) === 0;
    return mutations.some((one) => 'field' in one && 'json' in one && isName(one.field));
  };

  it('answers a known and an unknown name alike, however a wrong login is spelled', async () => {
    // One address each: both have as many attempts left.
    const [knownFrom, unknownFrom] = [freshAddress(), freshAddress()];
    let runs = 0;
    let known: TestUser;
    let unknown: TestUser;
    let unauthorized = 0;
    const property = fc.asyncProperty(spelling, async (mutations) => {
      if (runs % RUNS_OF_NAME === 0) {
        // Names that no edit makes of each other: the failures at one are not the other's.
        const username = `person-${crypto.randomUUID()}`;
        const email = `${username}@example.com`;
        await addUser({ username, username_key: username, email });
        known = { username, email, password: WRONG };
        const other = (text: string) => text.replace('person', 'nobody');
        unknown = { ...known, username: other(username), email: other(email) };
      }
      fc.pre(!replacesName(mutations, known));
      runs += 1;
      const answer = await answerTo(known, mutations, knownFrom);
      expect(await answerTo(unknown, mutations, unknownFrom)).toBe(answer);
      if (answer.startsWith(`[${statusAt('login').invalid}`)) unauthorized += 1;
    });
    await fc.assert(property, { numRuns: RUNS });
    // Most are refused for the password, not for their form.
    expect(unauthorized).toBeGreaterThan(RUNS / 8);
  });
});
