/** Registrations beside those of the same address, the same username and others. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewRegistration } from '../../src/flows/model/registration.ts';
import { createRegistrations } from '../../src/store/registrations/registrations.ts';
import * as rows from '../support/store-rows.ts';

const registrations = createRegistrations(env.DB, { role: null, team: null });
beforeEach(rows.resetRows);

const wanted: NewRegistration = {
  id: 'new',
  handleId: 'new-handle',
  username: 'Newcomer',
  usernameKey: 'new-user',
  email: 'new@example.com',
  name: 'New Comer',
  language: 'fr',
  passwordHash: 'new-hash',
  expiresAtMs: 3000,
  challenge: { id: 'new-code', secretHash: 'new-code-secret', expiresAtMs: 2500 },
};
const row = {
  id: 'new',
  handle_id: 'new-handle',
  username: 'Newcomer',
  username_key: 'new-user',
  email: 'new@example.com',
  name: 'New Comer',
  language: 'fr',
  password_hash: 'new-hash',
  created_at_ms: 1000,
  expires_at_ms: 3000,
};
const code = {
  id: 'new-code',
  user_id: null,
  registration_id: 'new',
  purpose: 'verify-email',
  session_id: null,
  secret_hash: 'new-code-secret',
  email: null,
  expires_at_ms: 2500,
};
const event = (reason: string) => rows.eventRow('REGISTERED', { reason, user_id: null });
const removed = ['challenges dora-code', 'challenges dora-link', 'registrations dora'];
const dora = { usernameKey: 'dora', email: 'dora@example.com', handleId: 'dora-handle' };

/** Usernames that are taken, and usernames that are free after the SQL has run. */
const taken: [string, Partial<NewRegistration>][] = [
  ['a user’s', { usernameKey: 'bob' }],
  ['held by another client for another address', { usernameKey: 'dora' }],
  ['held by another client for the same address', { ...dora, handleId: 'new-handle' }],
  ['held by the same client for another address', { ...dora, email: 'new@example.com' }],
];
const free: [string, Partial<NewRegistration>, string][] = [
  ['unknown', {}, 'SELECT 1'],
  ['held by the same client for the same address', dora, 'SELECT 1'],
  ['missing', { username: null, usernameKey: null }, 'SELECT 1'],
  [
    'held by a registration that has expired',
    { usernameKey: 'dora' },
    rows.expiring('registrations', 'dora'),
  ],
];

describe('isUsernameTaken', () => {
  const isTaken = (changes: Partial<NewRegistration>) =>
    registrations.isUsernameTaken({ ...wanted, ...changes }, rows.NOW);

  it.each(taken)('is true for one that is %s', async (_, changes) => {
    expect(await isTaken(changes)).toBe(true);
  });

  it.each(free)('is false for one that is %s', async (_, changes, sql) => {
    await rows.execute(sql);
    expect(await isTaken(changes)).toBe(false);
  });

  it('is true to the last millisecond of a registration', async () => {
    await rows.inLastMillisecond('registrations', 'dora');
    expect(await isTaken({ usernameKey: 'dora' })).toBe(true);
  });
});

describe('add', () => {
  const add = (changes: Partial<NewRegistration> = {}) =>
    rows.differenceAfter(() => registrations.add({ ...wanted, ...changes }, rows.auditContext));

  it('stores a registration with its code', async () => {
    expect(await add()).toEqual([
      'added',
      { added: { registrations: [row], challenges: [code], audit_events: [event('added')] } },
    ]);
  });

  it('stores the same for a known address, with a challenge that no code meets', async () => {
    await rows.execute("UPDATE users SET language = 'nl' WHERE id = 2");
    expect(await add({ email: 'bob@example.com' })).toEqual([
      { known: { language: 'nl' } },
      {
        added: {
          registrations: [{ ...row, email: 'bob@example.com' }],
          challenges: [{ ...code, secret_hash: '' }],
          audit_events: [event('known')],
        },
      },
    ]);
  });

  it('stores it beside others of its address', async () => {
    const [outcome, difference] = await add({ email: 'dora@example.com' });
    expect([outcome, Object.keys(difference)]).toEqual(['added', ['added']]);
  });

  it.each(taken)('writes nothing where the username is %s', async (_, changes) => {
    expect(await add(changes)).toEqual(['username-taken', {}]);
  });

  it.each(free)('adds one whose username is %s', async (_, changes, sql) => {
    await rows.execute(sql);
    expect((await add(changes))[0]).toBe('added');
  });

  it.each([
    ['of its address', { email: 'dora@example.com' }],
    ['of its username', { usernameKey: 'dora' }],
  ])('deletes one %s that has expired, and no other', async (_, changes) => {
    await rows.execute(
      "UPDATE registrations SET expires_at_ms = 1000 WHERE id IN ('dora', 'bobby')",
    );
    await rows.inLastMillisecond('registrations', 'dorothy');
    const [outcome, difference] = await add(changes);
    expect([outcome, difference.removed]).toEqual(['added', removed]);
  });
});

describe('admit', () => {
  const registration = {
    id: 'dora',
    handleId: 'dora-handle',
    username: 'dora',
    email: 'dora@example.com',
    name: null,
    language: 'it',
    passwordHash: 'dora-hash',
  };
  const proof = { id: 'dora-code', secretHash: 'dora-code-secret', email: null };
  const how = { ...rows.auditContext, publicId: 'dora-id', passwordHash: null };
  const admit = () => registrations.admit(registration, proof, how);
  const user = {
    id: expect.any(Number),
    public_id: 'dora-id',
    username: 'dora',
    username_key: 'dora',
    email: 'dora@example.com',
    email_verified: 1,
    name: null,
    phone: null,
    avatar: null,
    bio: null,
    language: 'it',
    is_admin: 0,
    role_id: null,
    team_id: null,
    status: 'active',
    password_hash: 'dora-hash',
    credential_version: 1,
    created_at_ms: 1000,
    last_login_at_ms: null,
    passkey_handle: null,
    device_version: 1,
  };

  it('makes a user of one registration, and leaves the others of its address', async () => {
    await rows.inLastMillisecond('registrations', 'dora');
    await rows.inLastMillisecond('challenges', 'dora-code');
    const [admission, difference] = await rows.differenceAfter(admit);
    const userId = difference.added?.users?.[0]?.id;
    expect(admission).toEqual({ device: { userId, deviceVersion: 1 } });
    expect(difference).toEqual({
      added: {
        users: [user],
        audit_events: [rows.eventRow('EMAIL_VERIFIED', { user_id: userId ?? 0 })],
      },
      removed,
    });
  });

  it('gives it another password where one is set by its link', async () => {
    const link = { id: 'dora-link', secretHash: 'dora-link-secret', email: null };
    const [, { added }] = await rows.differenceAfter(() =>
      registrations.admit(registration, link, { ...how, passwordHash: 'new-hash' }),
    );
    expect(added?.users).toEqual([{ ...user, password_hash: 'new-hash' }]);
  });

  it('gives it the role and the team of new accounts, and adds them where they are missing', async () => {
    const ops = { id: 'ops', name: 'Another name' };
    const blue = { id: 'blue', name: 'Blue team' };
    const { admit } = createRegistrations(env.DB, { role: ops, team: blue });
    const [admission, { added, changed }] = await rows.differenceAfter(() =>
      admit(registration, proof, how),
    );
    expect(admission).toMatchObject({ device: { deviceVersion: 1 } });
    expect(added).toMatchObject({ users: [{ role_id: 'ops', team_id: 'blue' }], teams: [blue] });
    expect([added?.roles, changed]).toEqual([undefined, undefined]);
  });

  rows.writesNothing(admit, null, [
    ['the registration is gone', "DELETE FROM registrations WHERE id = 'dora'"],
    ['the registration has expired', rows.expiring('registrations', 'dora')],
    ...rows.isSpent('dora-code'),
    [
      'the code is another registration’s',
      "UPDATE challenges SET registration_id = 'dorothy' WHERE id = 'dora-code'",
    ],
    ['a user has the address', "UPDATE users SET email = 'dora@example.com' WHERE id = 2"],
    ['a user has the username', "UPDATE users SET username_key = 'dora' WHERE id = 2"],
  ]);
});
