import { expect, it } from 'vitest';
import { updateProfile, type ProfileUpdate } from '../../../src/flows/update-profile.ts';
import {
  alice,
  aliceWith,
  context,
  createFakes,
  limited,
  limitedAddress,
  outage,
  session,
  sessionEnded,
  unauthenticated,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const update = ({ request }: Fakes, profile: ProfileUpdate = { name: ' Al ', bio: null }) =>
  updateProfile({ ...request, token: 'access', profile });

it('counts the address while the token is authenticated, and answers the stored user', async () => {
  const changed = { ...alice.user, name: 'Al', bio: null };
  const fakes = createFakes({ accountChanges: { updateProfile: async () => changed } });
  expect(await update(fakes)).toEqual({ ok: true, value: changed });
  expect(fakes.names()).toEqual([
    'limits.consumeAddress',
    'tokens.verify',
    'sessions.live',
    'accountChanges.updateProfile',
  ]);
  expect(fakes.given('accountChanges.updateProfile')).toEqual([
    [session, { name: 'Al', bio: null }, context()],
  ]);
});

const missing = false;

it.each([
  ['over the address’s limit', { limits: { consumeAddress: limited } }, {}, limitedAddress],
  ['of an ended session', { sessions: { live: async () => null } }, {}, sessionEnded],
  [
    'that breaks the rules',
    {},
    { name: 'nul\0', avatar: 'x', bio: 'fine' },
    {
      ok: false,
      refusal: {
        reason: 'malformed',
        issues: [
          { field: 'name', message: 'Name must not have control characters', missing },
          { field: 'avatar', message: 'Avatar must be an https URL', missing },
        ],
      },
    },
  ],
  [
    'that changes names which are not changed here',
    {},
    { bio: 'fine', email: 'other@example.com', username: 'other' },
    {
      ok: false,
      refusal: {
        reason: 'malformed',
        issues: [
          { field: 'email', message: 'Email cannot be changed here', missing },
          { field: 'username', message: 'Username cannot be changed here', missing },
        ],
      },
    },
  ],
] as const)('writes nothing for a request %s', async (...[, changes, profile, expected]) => {
  const fakes = createFakes(changes);
  expect(await update(fakes, profile)).toEqual(expected);
  expect(fakes.given('accountChanges.updateProfile')).toEqual([]);
});

it.each([
  ['in another case', alice, { email: 'ALICE@example.com', username: 'alice' }],
  [
    'where the account has no username, its address',
    aliceWith({ username: null }),
    { username: 'alice@example.com' },
  ],
])('accepts names that stay as they are: %s', async (_, account, names) => {
  const live = { ...session, user: account.user, account };
  const fakes = createFakes({ sessions: { live: async () => live } });
  expect(await update(fakes, { bio: 'fine', ...names })).toEqual({
    ok: true,
    value: account.user,
  });
  expect(fakes.given('accountChanges.updateProfile')).toEqual([[live, { bio: 'fine' }, context()]]);
});

it('refuses the token of a session that ended meanwhile', async () => {
  const fakes = createFakes({ accountChanges: { updateProfile: async () => null } });
  expect(await update(fakes)).toEqual(unauthenticated);
});

it('fails where the store fails', async () => {
  const fakes = createFakes({ accountChanges: { updateProfile: outage } });
  await expect(update(fakes)).rejects.toThrow('outage');
});
