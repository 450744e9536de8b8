/** Accounts that are made at once: user, session and events in one batch, or one event where a name is taken. */
import { env } from 'cloudflare:workers';
import { beforeEach, expect, it } from 'vitest';
import type { NewAccount } from '../../src/flows/model/registration.ts';
import { createRegistrations } from '../../src/store/registrations/registrations.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import * as rows from '../support/store-rows.ts';

const { createAccount } = createRegistrations(env.DB, { role: null, team: null });
beforeEach(rows.resetRows);

const wanted: NewAccount = {
  ...rows.auditContext,
  publicId: 'new-id',
  username: 'Newcomer',
  usernameKey: 'newcomer',
  email: 'new@example.com',
  name: 'New Comer',
  language: 'fr',
  handleId: 'new-handle',
  passwordHash: 'new-hash',
  sessionId: 'new-session',
  expiries: {
    issuedAtMs: 0,
    accessExpiresAtMs: 1,
    refreshExpiresAtMs: 2,
    sessionExpiresAtMs: 3000,
  },
  refreshHash: 'first-refresh',
};
const create = (changes: Partial<NewAccount> = {}) =>
  rows.differenceAfter(() => createAccount({ ...wanted, ...changes }));

const user = {
  id: expect.any(Number),
  public_id: 'new-id',
  username: 'Newcomer',
  username_key: 'newcomer',
  email: 'new@example.com',
  email_verified: 0,
  name: 'New Comer',
  phone: null,
  avatar: null,
  bio: null,
  language: 'fr',
  is_admin: 0,
  role_id: null,
  team_id: null,
  status: 'active',
  password_hash: 'new-hash',
  credential_version: 1,
  device_version: 1,
  created_at_ms: 1000,
  last_login_at_ms: 1000,
  passkey_handle: null,
};
const session = {
  id: 'new-session',
  contract: 'email-cookie',
  created_at_ms: 1000,
  last_used_at_ms: 1000,
  expires_at_ms: 3000,
  credential_version: 1,
  refresh_hash: 'first-refresh',
  refresh_generation: 0,
  refreshed_at_ms: 1000,
  address: '198.51.100.1',
  user_agent: 'Browser 1',
  proven_at_ms: 1000,
  second_factor_at_ms: null,
  name: null,
  opened_by: 'password',
};

it('makes an unverified user, the first session and their events', async () => {
  const [created, difference] = await create();
  const user_id = Number(difference.added?.users?.[0]?.id);
  expect(created).toMatchObject({
    account: {
      user: { id: user_id, publicId: 'new-id', emailVerified: false, role: null },
      passwordHash: 'new-hash',
      credentialVersion: 1,
      deviceVersion: 1,
    },
  });
  expect(difference).toEqual({
    added: {
      users: [user],
      sessions: [{ ...session, user_id }],
      audit_events: [
        rows.eventRow('REGISTERED', { reason: 'granted', user_id }),
        rows.eventRow('LOGIN', { reason: 'granted', user_id, session_id: 'new-session' }),
      ],
    },
  });
});

it('gives it the role and the team of new accounts', async () => {
  const blue = { id: 'blue', name: 'Blue team' };
  const { createAccount } = createRegistrations(env.DB, {
    role: { id: 'ops', name: 'Another name' },
    team: blue,
  });
  expect(await createAccount(wanted)).toMatchObject({
    account: { user: { role: { id: 'ops', name: 'Operations' }, team: blue } },
  });
});

const dora = { usernameKey: 'dora', email: 'dora@example.com', handleId: 'dora-handle' };

it.each<[string, Partial<NewAccount>, 'username' | 'email']>([
  ['the username of a user', { usernameKey: 'bob' }, 'username'],
  ['the address of a user', { email: 'bob@example.com' }, 'email'],
  [
    'the address of a user, without a username',
    { usernameKey: null, email: 'bob@example.com' },
    'email',
  ],
  ['both, of an inactive user', { usernameKey: 'carol', email: 'carol@example.com' }, 'username'],
  ['a username that another registration holds', { usernameKey: 'dora' }, 'username'],
  ['one that another client holds for the address', { ...dora, handleId: '' }, 'username'],
  ['one held for another address', { ...dora, email: 'new@example.com' }, 'username'],
])('writes one event alone for %s', async (_, changes, taken) => {
  await rows.execute("UPDATE users SET language = 'nl'");
  const reason = `${taken}-taken`;
  const event = rows.eventRow('REGISTERED', { reason, user_id: null });
  const refused = taken === 'email' ? { taken, language: 'nl' } : { taken };
  expect(await create(changes)).toEqual([refused, { added: { audit_events: [event] } }]);
});

it.each<[string, Partial<NewAccount>, string]>([
  ['an address that registrations wait for', { email: 'dora@example.com' }, 'SELECT 1'],
  ['the username of its own registration', dora, 'SELECT 1'],
  [
    'one held by an expired registration',
    { usernameKey: 'dora' },
    rows.expiring('registrations', 'dora'),
  ],
])('takes %s, and leaves the registrations', async (_, changes, sql) => {
  await rows.execute(sql);
  const [created, { removed, changed }] = await create(changes);
  expect([created, removed, changed]).toMatchObject([
    { account: { user: { publicId: 'new-id' } } },
    undefined,
    undefined,
  ]);
});

it('of fifty for one address makes one account with one session', async () => {
  const [outcomes, { added }] = await rows.differenceAfter(() =>
    Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        createAccount({
          ...wanted,
          publicId: `id-${n}`,
          sessionId: `session-${n}`,
          usernameKey: `newcomer-${n}`,
        }),
      ),
    ),
  );
  expect(
    outcomes.filter((outcome) => 'taken' in outcome && outcome.taken === 'email'),
  ).toHaveLength(49);
  expect([added?.users?.length, added?.sessions?.length]).toEqual([1, 1]);
});

it.each([true, false])('finds out what a lost answer said, stored: %s', async (isStored) => {
  const lossy = createRegistrations(losingFirstBatch(env.DB, isStored), { role: null, team: null });
  const work = lossy.createAccount(wanted);
  if (isStored) expect(await work).toMatchObject({ account: { user: { publicId: 'new-id' } } });
  else await expect(work).rejects.toThrow('connection lost');
});
