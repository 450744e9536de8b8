/**
 * The answer to a public request takes the same work whatever account stands behind the name: the
 * same calls in the same order, the same digests and PBKDF2 iterations; and it is the same answer.
 * `npm run prove:timing` measures what a clock says of it.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { accountKinds, insertAccounts, type AccountKind } from '../fixtures/account-kinds.ts';
import { instrumentedApp, type Work } from '../support/instrumented-app.ts';
import { client, visible, withDevice } from '../support/session.ts';
import { oneOfEachKind, newUser, type Sending } from '../support/test-app.ts';

const cost = { iterations: 100, rounds: 6 };
const foreign = {
  FOREIGN_HASH_COST: [
    { kind: 'bcrypt', cost: 6 },
    { kind: 'pbkdf2-sha256', cost: 20_000 },
  ],
};
const pepper = { id: 'new', key: 'N'.repeat(43) };
const foreignDevice = `${'d'.repeat(22)}~1~${2 ** 31}~${'m'.repeat(43)}`;
const password = 'a long way to somewhere else';

const hashOf = (how: { iterations: number; rounds: number }, peppers: string[] = []) =>
  createPasswords(
    { cost: how, peppers: peppers.map((id) => ({ id, key: new Uint8Array(32) })) },
    async () => undefined,
  ).hash('nobody guesses this');

/** The stored hashes that differ from one made today, besides those of account-kinds.ts. */
async function otherHashes(): Promise<AccountKind[]> {
  const hashes = {
    'lighter slices': await hashOf({ iterations: 50, rounds: 6 }),
    'coarser slices': await hashOf({ iterations: 300, rounds: 2 }),
    'two slices and a bit': await hashOf({ iterations: 70, rounds: 3 }),
    'one iteration': await hashOf({ iterations: 1, rounds: 1 }),
    'many small slices': await hashOf({ iterations: 20, rounds: 29 }),
    'more iterations than the platform allows': (
      await hashOf({ iterations: 10, rounds: 1 })
    ).replace('i=10,', 'i=100001,'),
    'a foreign hash of another kind': `pbkdf2_sha256$10000$salt$${'A'.repeat(43)}=`,
    'a cost that is not allowed': '$2b$31$' + 'a'.repeat(53),
    'an unreadable hash': 'garbage',
    'a pepper': await hashOf(cost, [pepper.id]),
    'a lost pepper': await hashOf(cost, ['lost']),
  };
  return Object.entries(hashes).map(([name, password_hash]) => ({ name, user: { password_hash } }));
}

interface Request {
  operation: 'login' | 'register' | 'forgot-password' | 'send-code' | 'verify-email';
  inputOf(user: { username: string; email: string }): object;
  sending?: Sending;
}

// The work is the core's; what an answer looks like, enumeration.test.ts holds for every contract.
describe.each(oneOfEachKind)('$name', (own) => {
  const { name, status, statusAt, named, application, attempt } = own;
  /** Asks about an account of each kind; returns the kinds in groups of the same work and answer. */
  async function groupsOf(kinds: readonly AccountKind[], settings: object, request: Request) {
    const { operation, inputOf, sending } = request;
    // The first request derives keys and loads modules.
    const users = await insertAccounts(env.DB, { kinds: [{ name: '' }, ...kinds], each: 1, cost });
    const { app, begin, done } = instrumentedApp(settings);
    const { ask } = client(app, name);
    const groups = new Map<string, { work: Work; status: number; kinds: string[] }>();
    for (const [kind, [user]] of users) {
      if (user === undefined) throw new Error(kind);
      // Verification compares with a stored code, if there is an account.
      if (operation === 'verify-email') await ask('send-code', named(user));
      begin();
      const answer = await ask(operation, inputOf(user) as never, sending);
      if (kind === '') continue;
      const work = done();
      const seen = visible(answer).replaceAll(user.email, '<address>');
      const key = JSON.stringify([work, seen]);
      const group = groups.get(key) ?? { work, status: answer.status, kinds: [] };
      group.kinds.push(kind);
      groups.set(key, group);
    }
    return [...groups.values()];
  }

  it.each([
    ['with foreign hashes in use', foreign, {}],
    ['with a pepper', { PEPPERS: JSON.stringify([pepper]) }, {}],
    ['with the device cookie of another account', foreign, withDevice(foreignDevice)],
  ])('does the same for every failed login, %s', async (_, settings, sending) => {
    const kinds = [...(await accountKinds('login', cost)), ...(await otherHashes())].filter(
      // Without the setting a foreign hash takes its own time: the import sets it.
      ({ name }) => settings === foreign || !name.includes('foreign'),
    );
    const groups = await groupsOf(kinds, settings, {
      operation: 'login',
      inputOf: (user) => attempt({ ...user, password }),
      sending,
    });
    expect(groups.map((group) => group.kinds)).toEqual([kinds.map(({ name }) => name)]);
    expect(groups[0]?.status).toBe(status.invalid);
    const iterations = settings === foreign ? 600 + 20_000 : 600;
    expect(groups[0]?.work.iterations).toEqual({ 'SHA-256': iterations });
    expect(groups[0]?.work.steps.filter((step) => step.startsWith('limits'))).toHaveLength(3);
  });

  it.each([
    ['register', status.registered, { 'SHA-256': 600 }],
    ['forgot-password', statusAt('forgot-password').accepted, {}],
    ['send-code', status.accepted, {}],
    ['verify-email', status['invalid-code'], { 'SHA-256': 600 }],
  ] as const)('does the same for every account at %s', async (operation, expected, iterations) => {
    const kinds = await accountKinds(operation, cost);
    const groups = await groupsOf(
      kinds,
      {},
      {
        operation,
        inputOf: ({ username, email }) => {
          if (operation === 'register') return application({ ...newUser(), email });
          const code = operation === 'verify-email' ? { password, code: '000000' } : {};
          return { ...named({ username, email }), ...code };
        },
      },
    );
    expect(groups.map((group) => group.kinds)).toEqual([kinds.map(({ name }) => name)]);
    expect(groups[0]?.status).toBe(expected);
    expect(groups[0]?.work.iterations).toEqual(iterations);
  });
});
