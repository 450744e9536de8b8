/** Codes and links, each beside those of other owners and purposes. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChallengeOwner, Purpose } from '../../src/flows/model/challenge.ts';
import { createChallenges } from '../../src/store/challenges/challenges.ts';
import {
  account,
  differenceAfter,
  eventRow,
  execute,
  auditContext,
  insertRows,
  NOW,
} from '../support/store-rows.ts';

const challenges = createChallenges(env.DB);
beforeEach(insertRows);

const registered = (id: string, email = 'dora@example.com') => ({
  id,
  handleId: `${id}-handle`,
  username: id,
  email,
  name: null,
  passwordHash: `${id}-hash`,
});
const challenge = (id: string, email: string | null = null) => ({
  id,
  secretHash: `${id}-secret`,
  email,
});
const alice: ChallengeOwner = { is: 'user', account: account(1) };
const dora: ChallengeOwner = { is: 'registration', registration: registered('dora') };
const dorothy: ChallengeOwner = { is: 'registration', registration: registered('dorothy') };
const byEmail = (value: string) => ({ kind: 'email', value }) as const;
const byUsername = (value: string) => ({ kind: 'username', value }) as const;
const expire = (table: string, id: string, at = NOW) =>
  execute(`UPDATE ${table} SET expires_at_ms = ${at} WHERE id = '${id}'`);

describe('findOwner', () => {
  const find = (
    name: ReturnType<typeof byEmail | typeof byUsername>,
    handleId: string | null = null,
  ) => challenges.findOwner(name, { handleId, nowMs: NOW });

  it('finds the user, before any registration', async () => {
    expect(await find(byEmail('alice@example.com'), 'alyce-handle')).toEqual(alice);
    expect(await find(byUsername('alice'))).toEqual(alice);
  });

  it('finds the newest registration, or the one of the handle', async () => {
    expect(await find(byEmail('dora@example.com'))).toEqual(dorothy);
    expect(await find(byEmail('dora@example.com'), 'dora-handle')).toEqual(dora);
    expect(await find(byEmail('dora@example.com'), 'bobby-handle')).toEqual(dorothy);
    expect(await find(byUsername('dora'))).toEqual(dora);
  });

  it('finds a registration to its last millisecond', async () => {
    await expire('registrations', 'dorothy', NOW + 1);
    expect(await find(byEmail('dora@example.com'))).toEqual(dorothy);
    await expire('registrations', 'dorothy');
    expect(await find(byEmail('dora@example.com'))).toEqual(dora);
  });

  it.each([
    ['nobody’s', byEmail('nobody@example.com')],
    ['a username, taken for an address', byEmail('dora')],
    ['of a registration whose address is a user’s', byUsername('alyce')],
  ])('finds nobody by a name that is %s', async (_, name) => {
    expect(await find(name)).toBeNull();
  });
});

describe('findCodes', () => {
  const find = (name: ReturnType<typeof byEmail | typeof byUsername>, most = 10) =>
    challenges.findCodes(name, { most, nowMs: NOW });
  const [doras, dorothys] = [
    { owner: dora, challenge: challenge('dora-code') },
    { owner: dorothy, challenge: challenge('dorothy-code') },
  ];

  it.each([byEmail('alice@example.com'), byUsername('alice')])(
    'finds the code of a user, and none of its links: $kind',
    async (name) => {
      await expire('challenges', 'alice-code', NOW + 1);
      expect(await find(name)).toEqual({
        account: account(1),
        codes: [{ owner: alice, challenge: challenge('alice-code') }],
      });
      await expire('challenges', 'alice-code');
      expect(await find(name)).toEqual({ account: account(1), codes: [] });
    },
  );

  it('finds the codes of all registrations of an address, newest first', async () => {
    const name = byEmail('dora@example.com');
    expect(await find(name)).toEqual({ account: null, codes: [dorothys, doras] });
    expect(await find(name, 1)).toEqual({ account: null, codes: [dorothys] });
  });

  it.each([
    ['a code', 'challenges', 'dorothy-code'],
    ['a registration', 'registrations', 'dorothy'],
  ])('leaves %s out that has expired', async (_, table, id) => {
    await expire(table, id, NOW + 1);
    expect((await find(byEmail('dora@example.com'))).codes).toHaveLength(2);
    await expire(table, id);
    expect((await find(byEmail('dora@example.com'))).codes).toEqual([doras]);
  });

  it('finds by username those of that username alone', async () => {
    expect(await find(byUsername('dora'))).toEqual({ account: null, codes: [doras] });
    expect(await find(byUsername('alyce'))).toEqual({ account: null, codes: [] });
  });
});

describe('findBySecret', () => {
  const find = (id: string, purpose: Purpose = 'reset-password') =>
    challenges.findBySecret(`${id}-secret`, purpose, NOW);

  it('finds the challenge with its owner, to its last millisecond', async () => {
    await expire('challenges', 'alice-link', NOW + 1);
    await expire('challenges', 'dora-link', NOW + 1);
    await expire('registrations', 'dora', NOW + 1);
    expect(await find('alice-link')).toEqual({ owner: alice, challenge: challenge('alice-link') });
    expect(await find('dora-link')).toEqual({ owner: dora, challenge: challenge('dora-link') });
    expect(await find('alice-move', 'change-email')).toEqual({
      owner: alice,
      challenge: challenge('alice-move', 'alice@new.example'),
    });
  });

  it.each([
    ['an unknown secret', 'SELECT 1', 'no-such'],
    ['another purpose', 'SELECT 1', 'alice-code'],
    ['a link that has expired', 'UPDATE challenges SET expires_at_ms = 1000', 'alice-link'],
    [
      'a registration that has expired',
      'UPDATE registrations SET expires_at_ms = 1000',
      'dora-link',
    ],
    [
      'a registration whose address is a user’s',
      "UPDATE users SET email = 'dora@example.com' WHERE id = 2",
      'dora-link',
    ],
    [
      'a registration whose username is a user’s',
      "UPDATE users SET username_key = 'dora' WHERE id = 2",
      'dora-link',
    ],
  ])('finds none for %s', async (_, sql, id) => {
    await execute(sql);
    expect(await find(id)).toBeNull();
  });
});

describe('ofUser', () => {
  it('finds one user’s challenge of one purpose', async () => {
    await expire('challenges', 'alice-code', NOW + 1);
    expect(await challenges.ofUser(1, 'verify-email', NOW)).toMatchObject(challenge('alice-code'));
    expect(await challenges.ofUser(2, 'verify-email', NOW)).toMatchObject(challenge('bob-code'));
    expect(await challenges.ofUser(1, 'change-email', NOW)).toMatchObject(
      challenge('alice-move', 'alice@new.example'),
    );
    expect(await challenges.ofUser(2, 'change-email', NOW)).toBeNull();
  });

  it('finds none that has expired', async () => {
    await expire('challenges', 'alice-code');
    expect(await challenges.ofUser(1, 'verify-email', NOW)).toBeNull();
  });
});

describe('issue', () => {
  const issue = (owner: ChallengeOwner, purpose: Purpose, email: string | null = null) =>
    differenceAfter(() =>
      challenges.issue(
        owner,
        { id: 'new', secretHash: 'new-secret', email, purpose, expiresAtMs: 3000 },
        auditContext,
      ),
    );
  const row = (more: object) => ({
    id: 'new',
    user_id: null,
    registration_id: null,
    secret_hash: 'new-secret',
    email: null,
    expires_at_ms: 3000,
    ...more,
  });

  it.each([
    { purpose: 'verify-email', action: 'CODE_SENT', email: null, was: 'alice-code' },
    {
      purpose: 'change-email',
      action: 'EMAIL_CHANGE_ASKED',
      email: 'alice@other.example',
      was: 'alice-move',
    },
  ] as const)('replaces one user’s code ($purpose)', async ({ purpose, action, email, was }) => {
    expect(await issue(alice, purpose, email)).toEqual([
      undefined,
      {
        added: {
          challenges: [row({ user_id: 1, purpose, email })],
          audit_events: [eventRow(action)],
        },
        removed: [`challenges ${was}`],
      },
    ]);
  });

  it('adds a link beside the older ones', async () => {
    expect(await issue(alice, 'reset-password')).toEqual([
      undefined,
      {
        added: {
          challenges: [row({ user_id: 1, purpose: 'reset-password' })],
          audit_events: [eventRow('RESET_SENT')],
        },
      },
    ]);
  });

  it('replaces one registration’s code', async () => {
    expect(await issue(dora, 'verify-email')).toEqual([
      undefined,
      {
        added: {
          challenges: [row({ registration_id: 'dora', purpose: 'verify-email' })],
          audit_events: [eventRow('CODE_SENT', { user_id: null })],
        },
        removed: ['challenges dora-code'],
      },
    ]);
  });

  it.each([
    ['user', alice, 'DELETE FROM users WHERE id = 1'],
    ['registration', dora, "DELETE FROM registrations WHERE id = 'dora'"],
  ])('adds none for a %s that is gone', async (_, owner, sql) => {
    await execute(sql);
    expect(await issue(owner, 'verify-email')).toEqual([undefined, {}]);
  });
});
