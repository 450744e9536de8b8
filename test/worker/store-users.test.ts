/** Look-ups of users, by a login and by the admin API. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { UserSearch } from '../../src/flows/ports/admin.ts';
import { createAdminUsers } from '../../src/store/admin-users/admin-users.ts';
import { createUsers } from '../../src/store/users.ts';
import { factorsOf } from '../support/factor-rows.ts';
import { account, execute, resetRows } from '../support/store-rows.ts';

const adminUsers = createAdminUsers(env.DB);
const users = createUsers(env.DB);
beforeEach(resetRows);

describe('the look-up of a login', () => {
  it.each([
    ['email', 'bob@example.com'],
    ['username', 'bob'],
  ] as const)('finds one user by %s', async (kind, value) => {
    const found = await users.find({ kind, value }, 'nearest');
    expect(found.account).toEqual(account(2));
  });

  it.each([
    ['email', 'bob'],
    ['username', 'bob@example.com'],
  ] as const)('finds no user where the %s is another', async (kind, value) => {
    expect((await users.find({ kind, value }, 'primary')).account).toBeNull();
  });

  it('reads every column', async () => {
    await execute(
      "UPDATE users SET username = 'Bob', email_verified = 1, name = 'Bob B.', phone = '1', avatar = 'https://b', bio = 'Builds', language = 'de', is_admin = 1, role_id = 'ops', team_id = 'red', status = 'inactive', password_hash = NULL, last_login_at_ms = 20 WHERE id = 2",
    );
    const { account: found } = await users.find({ kind: 'username', value: 'bob' }, 'primary');
    expect(found).toEqual({
      user: {
        id: 2,
        publicId: 'bob-id',
        username: 'Bob',
        email: 'bob@example.com',
        emailVerified: true,
        name: 'Bob B.',
        phone: '1',
        avatar: 'https://b',
        bio: 'Builds',
        language: 'de',
        isAdmin: true,
        role: { id: 'ops', name: 'Operations' },
        team: { id: 'red', name: 'Red team' },
        status: 'inactive',
        createdAtMs: 10,
        lastLoginAtMs: 20,
        factors: [
          {
            id: 'bob-totp',
            kind: 'totp',
            name: 'Phone',
            createdAtMs: 20,
            confirmedAtMs: 20,
            lastUsedAtMs: 30,
          },
          {
            id: 'bob-pending',
            kind: 'totp',
            name: null,
            createdAtMs: 50,
            confirmedAtMs: null,
            lastUsedAtMs: null,
          },
        ],
        recoveryCodesLeft: 2,
        passkeys: [
          {
            id: 'bob-laptop',
            credentialId: 'credential of bob-laptop',
            name: 'Laptop',
            isSyncable: false,
            transports: ['internal'],
            createdAtMs: 20,
            lastUsedAtMs: 30,
          },
          {
            id: 'bob-cloud',
            credentialId: 'credential of bob-cloud',
            name: null,
            isSyncable: true,
            transports: ['hybrid', 'internal'],
            createdAtMs: 40,
            lastUsedAtMs: null,
          },
        ],
      },
      passwordHash: null,
      credentialVersion: 7,
      deviceVersion: 3,
      factors: factorsOf('bob'),
      userHandle: 'bob-handle',
    });
  });
});

describe('findById', () => {
  it('finds one user, with the second factors', async () => {
    expect(await users.findById(2)).toEqual(account(2));
  });

  it('finds no user of another number', async () => {
    expect(await users.findById(4)).toBeNull();
  });
});

describe('findByPasskey', () => {
  it('finds the user, and what an assertion is verified against', async () => {
    const [, cloud] = account(2).user.passkeys;
    expect(await users.findByPasskey('credential of bob-cloud')).toEqual({
      account: account(2),
      passkey: { ...cloud, publicKey: 'key of bob-cloud', signCount: 4 },
    });
  });

  it.each(['bob-cloud', 'credential of', ''])('finds nothing by another id: %s', async (id) => {
    expect(await users.findByPasskey(id)).toBeNull();
  });
});

describe('search', () => {
  beforeEach(() =>
    execute(
      "UPDATE users SET email = CASE id WHEN 1 THEN 'a@z' WHEN 2 THEN 'ab@z' ELSE 'b@z' END, username_key = CASE id WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'yy' END",
    ),
  );

  it.each<[string, Partial<UserSearch>, number[]]>([
    ['all', {}, [1, 2, 3]],
    ['the beginning of an address', { email: 'a' }, [1, 2]],
    ['a longer beginning', { email: 'ab' }, [2]],
    ['a whole address', { email: 'a@z' }, [1]],
    ['an address that no user has', { email: 'c' }, []],
    ['the beginning of a username', { username: 'y' }, [2, 3]],
    ['a username and an address', { username: 'y', email: 'a' }, [2]],
    ['active users', { status: 'active' }, [1, 2]],
    ['inactive users', { status: 'inactive' }, [3]],
    ['inactive users of a name', { username: 'x', status: 'inactive' }, []],
    ['those after a number', { after: 1 }, [2, 3]],
    ['those of a name after a number', { username: 'y', after: 2 }, [3]],
    ['the first ones', { limit: 2 }, [1, 2]],
    ['the first one of a name', { email: 'a', limit: 1 }, [1]],
  ])('finds %s', async (_, search, ids) => {
    const all = { username: null, email: null, status: null, after: 0, limit: 10 };
    const found = await adminUsers.search({ ...all, ...search });
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it('returns only the columns that may be shown', async () => {
    const search = { username: 'x', email: null, status: null, after: 0, limit: 10 };
    expect(await adminUsers.search(search)).toEqual([{ ...account(1).user, email: 'a@z' }]);
    const bob = { ...account(2).user, email: 'ab@z' };
    expect(await adminUsers.search({ ...search, username: 'y', limit: 1 })).toEqual([bob]);
  });
});

describe('find', () => {
  it.each([
    ['number', { id: 2 }],
    ['public id', { publicId: 'bob-id' }],
  ])('finds by %s', async (_, name) => {
    expect(await adminUsers.find(name)).toEqual(account(2));
  });

  it.each([{ id: 4 }, { publicId: 'nobody' }])('finds no user by %o', async (name) => {
    expect(await adminUsers.find(name)).toBeNull();
  });
});
