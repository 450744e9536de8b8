/**
 * A failed login with the code of a second factor beside the password takes the same work whichever
 * of the two was wrong, and whether there is an account or a factor (timing.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { encodeFields } from '../../src/contracts/routes.ts';
import { instrumentedApp } from '../support/instrumented-app.ts';
import { enrol } from '../support/second-factor.ts';
import { client, visible, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  newUser,
  type TestUser,
} from '../support/test-app.ts';

const CODE = '000000';

const cases = contractCases.filter(({ contract, attempt }) => {
  const sent = encodeFields(contract, 'login', { ...attempt(newUser()), code: CODE });
  return JSON.stringify(sent).includes(CODE);
});

it('is about the wires that take a code beside the password', () => {
  expect(cases.map(({ name }) => name)).toEqual(['realworld', 'oauth2', 'keycloak', 'strapi']);
});

describe.each(cases)('$name', ({ name, contract, attempt, status }) => {
  async function groupsOf(code: string | null, kinds: Record<string, TestUser>) {
    const { app, begin, done } = instrumentedApp({});
    const { ask } = client(app, name);
    // The first request derives keys and loads modules.
    await ask('login', { ...attempt(newUser()), code });
    const groups = new Map<string, string[]>();
    for (const [kind, user] of Object.entries(kinds)) {
      begin();
      const answer = await ask('login', { ...attempt(user), code });
      expect(answer.status, kind).toBe(status.invalid);
      const key = JSON.stringify([done(), visible(answer)]);
      groups.set(key, [...(groups.get(key) ?? []), kind]);
    }
    return [...groups.values()];
  }

  const usersOf = async () => {
    const own = client(createTestApp(), name);
    const [one, other, withFactor] = [await addUser(), await enrol(own), await enrol(own)];
    return {
      'an unknown user': newUser(),
      'a wrong password': { ...one, password: WRONG },
      'a wrong password, where there is a factor': { ...other.user, password: WRONG },
      'the right password, where there is a factor': withFactor.user,
    };
  };

  it.each([
    ['of digits', CODE],
    ['like a recovery code', 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA'],
  ])('does the same for every wrong code %s', async (_, code) => {
    const kinds = await usersOf();
    expect(await groupsOf(code, kinds)).toEqual([Object.keys(kinds)]);
  });

  it.runIf(contract.codeTravels === 'with-password')(
    'does the same for a right password without its code as for a wrong one',
    async () => {
      const kinds = await usersOf();
      expect(await groupsOf(null, kinds)).toEqual([Object.keys(kinds)]);
    },
  );
});
