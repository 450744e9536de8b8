/**
 * Nobody learns from the time of an answer whom a name belongs to, as far as it can be counted: the
 * same steps in the same order, and the same work of hashing, whatever stands behind the name. What
 * a clock says of it, `npm run prove:timing` says.
 */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { DEVICE_COOKIE } from '../../src/http/cookies.ts';
import { accountKinds, insertAccounts, type AccountKind } from '../fixtures/account-kinds.ts';
import { contractCases } from '../support/test-app.ts';
import { newUser } from '../support/new-user.ts';
import { instrumentedApp, type Work } from '../support/work.ts';

afterEach(() => vi.restoreAllMocks());

const cost = { iterations: 100, rounds: 6 };
const foreign = {
  FOREIGN_HASH_COST: [
    { kind: 'bcrypt', cost: 6 },
    { kind: 'pbkdf2-sha256', cost: 20_000 },
  ],
};
const pepper = { id: 'new', key: 'N'.repeat(43) };
const deviceOfNobody = `${DEVICE_COOKIE}=${'d'.repeat(22)}~1~${2 ** 31}~${'m'.repeat(43)}`;
const password = 'a long way to somewhere else';

const hashOf = (how: { iterations: number; rounds: number }, peppers: string[] = []) =>
  createPasswords(
    { cost: how, peppers: peppers.map((id) => ({ id, key: new Uint8Array(32) })) },
    async () => undefined,
  ).hash('nobody guesses this');

type Asking = [
  path: string,
  bodyFor: (person: { username: string; email: string }) => object,
  headers?: Record<string, string>,
];

/** All that a hash may be that is not today's, besides what a clock is held against. */
async function furtherKinds(): Promise<AccountKind[]> {
  const hashes = {
    'lighter slices': await hashOf({ iterations: 50, rounds: 6 }),
    'coarser slices': await hashOf({ iterations: 300, rounds: 2 }),
    'two slices and a bit': await hashOf({ iterations: 70, rounds: 3 }),
    'one iteration': await hashOf({ iterations: 1, rounds: 1 }),
    'many small slices': await hashOf({ iterations: 20, rounds: 29 }),
    'a foreign hash of another kind': `pbkdf2_sha256$10000$salt$${'A'.repeat(43)}=`,
    'a cost nobody allows': '$2b$31$' + 'a'.repeat(53),
    'what cannot be read': 'garbage',
    'under a pepper': await hashOf(cost, [pepper.id]),
    'under a pepper that is lost': await hashOf(cost, ['lost']),
  };
  return Object.entries(hashes).map(([name, password_hash]) => ({ name, user: { password_hash } }));
}

describe.each(contractCases)('$name', ({ contract, path, body }) => {
  const isNamed = contract.identifier === 'username';
  const named = (person: { username: string; email: string }) =>
    isNamed ? { username: person.username } : { email: person.email };
  const at = (operation: string) => `/${contract.name}${contract.base}/${operation}`;

  /** What is done for each kind, those that are worked for alike together. */
  async function workFor(
    kinds: readonly AccountKind[],
    settings: object,
    [where, bodyFor, headers = {}]: Asking,
  ) {
    // Keys are derived and modules loaded once, for whoever is first.
    const first: AccountKind = { name: '' };
    const people = await insertAccounts(env.DB, { kinds: [first, ...kinds], each: 1, cost });
    const { here, begin, worked } = instrumentedApp(settings);
    const alike = new Map<string, { work: Work; status: number; kinds: string[] }>();
    for (const [name, [person]] of people) {
      if (person === undefined) throw new Error(name);
      // Where there is something to verify, a code is on its way: the one that is compared with.
      if (where === at('verify-email')) await here.post(at('verify-email/send'), named(person));
      begin();
      const { status } = await here.post(where, bodyFor(person), { headers });
      const work = worked();
      if (name === first.name) continue;
      const key = JSON.stringify([work, status]);
      const group = alike.get(key);
      if (group === undefined) alike.set(key, { work, status, kinds: [name] });
      else group.kinds.push(name);
    }
    return [...alike.values()];
  }

  it.each([
    ['with foreign hashes about', foreign, {}],
    ['with a pepper', { PEPPERS: JSON.stringify([pepper]) }, {}],
    ['with a device cookie from elsewhere', foreign, { Cookie: deviceOfNobody }],
  ])('works alike for every failed login, %s', async (_, settings, headers) => {
    const kinds = [...(await accountKinds('login', cost)), ...(await furtherKinds())].filter(
      // Without the setting a foreign hash takes its own time: the import sets it.
      ({ name }) => settings === foreign || !name.includes('foreign'),
    );
    const groups = await workFor(kinds, settings, [
      path,
      (person) => body({ ...person, password }),
      headers,
    ]);
    expect(groups.map((group) => group.kinds)).toEqual([kinds.map(({ name }) => name)]);
    const [{ work, status } = { work: null, status: 0 }] = groups;
    expect(status).toBe(401);
    expect(work?.iterations).toEqual({ 'SHA-256': settings === foreign ? 600 + 20_000 : 600 });
    expect(work?.steps.filter((step) => step.startsWith('limits'))).toHaveLength(3);
  });

  it.each(['register', 'forgot-password', 'verify-email/send', 'verify-email'])(
    'works alike for everybody at %s',
    async (operation) => {
      const kinds = await accountKinds(operation, cost);
      const groups = await workFor(kinds, {}, [
        at(operation),
        (person) => {
          if (operation === 'verify-email') return { ...named(person), password, code: '000000' };
          if (operation !== 'register') return named(person);
          const { email } = person;
          return { ...named({ ...newUser(), email }), email, password };
        },
      ]);
      expect(groups.map((group) => group.kinds)).toEqual([kinds.map(({ name }) => name)]);
      const [{ work, status } = { work: null, status: 0 }] = groups;
      const hashes = operation === 'register' || operation === 'verify-email';
      expect(status).toBe(operation === 'verify-email' ? 400 : 202);
      expect(work?.iterations).toEqual(hashes ? { 'SHA-256': 600 } : {});
    },
  );
});
