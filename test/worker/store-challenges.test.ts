/** Codes and links, each beside those of other owners and purposes. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChallengeOwner, Purpose } from '../../src/flows/model/challenge.ts';
import type { Identifier } from '../../src/policy/identifier.ts';
import { createChallenges } from '../../src/store/challenges/challenges.ts';
import * as rows from '../support/store-rows.ts';

const challenges = createChallenges(env.DB);
beforeEach(rows.resetRows);

const registration = (id: string): ChallengeOwner => ({
  is: 'registration',
  registration: {
    id,
    handleId: `${id}-handle`,
    username: id,
    email: 'dora@example.com',
    name: null,
    language: 'it',
    passwordHash: `${id}-hash`,
  },
});
const challenge = (id: string, email: string | null = null) => ({
  id,
  secretHash: `${id}-secret`,
  email,
});
const alice: ChallengeOwner = { is: 'user', account: rows.account(1) };
const [dora, dorothy] = [registration('dora'), registration('dorothy')];
const byEmail = (name: string) => ({ kind: 'email', value: `${name}@example.com` }) as const;
const byUsername = (value: string) => ({ kind: 'username', value }) as const;
const expire = (table: string, id: string) => rows.execute(rows.expiring(table, id));

describe('findOwner', () => {
  const find = (name: Identifier, handleId: string | null = null) =>
    challenges.findOwner(name, { handleId, nowMs: rows.NOW });

  it.each<[string, Identifier, string | null, ChallengeOwner | null]>([
    ['the user of an address, before any registration', byEmail('alice'), 'alyce-handle', alice],
    ['the user of a username', byUsername('alice'), null, alice],
    ['the newest registration', byEmail('dora'), null, dorothy],
    ['the registration of the handle', byEmail('dora'), 'dora-handle', dora],
    ['the newest where the handle is another’s', byEmail('dora'), 'bobby-handle', dorothy],
    ['the registration of a username', byUsername('dora'), null, dora],
    ['none by an unknown name', byEmail('nobody'), null, null],
    ['none by a username taken for an address', { kind: 'email', value: 'dora' }, null, null],
    ['no registration whose address is a user’s', byUsername('alyce'), null, null],
  ])('finds %s', async (...[, name, handleId, owner]) => {
    expect(await find(name, handleId)).toEqual(owner);
  });

  it('finds a registration to its last millisecond', async () => {
    await rows.inLastMillisecond('registrations', 'dorothy');
    expect(await find(byEmail('dora'))).toEqual(dorothy);
    await expire('registrations', 'dorothy');
    expect(await find(byEmail('dora'))).toEqual(dora);
  });
});

describe('findCodes', () => {
  const find = (name: Identifier, most = 10) =>
    challenges.findCodes(name, { most, nowMs: rows.NOW });
  const [ofDora, ofDorothy] = [
    { owner: dora, challenge: challenge('dora-code') },
    { owner: dorothy, challenge: challenge('dorothy-code') },
  ];

  it.each([byEmail('alice'), byUsername('alice')])(
    'finds the code of a user, and none of its links: $kind',
    async (name) => {
      await rows.inLastMillisecond('challenges', 'alice-code');
      expect(await find(name)).toEqual({
        account: rows.account(1),
        codes: [{ owner: alice, challenge: challenge('alice-code') }],
      });
      await expire('challenges', 'alice-code');
      expect(await find(name)).toEqual({ account: rows.account(1), codes: [] });
    },
  );

  it.each([
    ['all registrations of an address, newest first', byEmail('dora'), 10, [ofDorothy, ofDora]],
    ['the newest one, where no more are asked for', byEmail('dora'), 1, [ofDorothy]],
    ['that username alone', byUsername('dora'), 10, [ofDora]],
    ['no registration whose address is a user’s', byUsername('alyce'), 10, []],
  ])('finds the codes of %s', async (...[, name, most, codes]) => {
    expect(await find(name, most)).toEqual({ account: null, codes });
  });

  it.each([
    ['a code', 'challenges', 'dorothy-code'],
    ['a registration', 'registrations', 'dorothy'],
  ])('leaves %s out that has expired', async (_, table, id) => {
    await rows.inLastMillisecond(table, id);
    expect((await find(byEmail('dora'))).codes).toHaveLength(2);
    await expire(table, id);
    expect((await find(byEmail('dora'))).codes).toEqual([ofDora]);
  });
});

describe('findBySecret', () => {
  const find = (id: string, ...others: Purpose[]) =>
    challenges.findBySecret(`${id}-secret`, ['reset-password', ...others], rows.NOW);

  it('finds the challenge with its owner, to its last millisecond', async () => {
    await rows.inLastMillisecond('challenges', 'alice-link');
    await rows.inLastMillisecond('challenges', 'dora-link');
    await rows.inLastMillisecond('registrations', 'dora');
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
    await rows.execute(sql);
    expect(await find(id)).toBeNull();
  });
});

describe('ofUser', () => {
  it('finds one user’s challenge of one purpose', async () => {
    await rows.inLastMillisecond('challenges', 'alice-code');
    expect(await challenges.ofUser(1, 'verify-email', rows.NOW)).toMatchObject(
      challenge('alice-code'),
    );
    expect(await challenges.ofUser(2, 'verify-email', rows.NOW)).toMatchObject(
      challenge('bob-code'),
    );
    expect(await challenges.ofUser(1, 'change-email', rows.NOW)).toMatchObject(
      challenge('alice-move', 'alice@new.example'),
    );
    expect(await challenges.ofUser(2, 'change-email', rows.NOW)).toBeNull();
  });

  it('finds none that has expired', async () => {
    await expire('challenges', 'alice-code');
    expect(await challenges.ofUser(1, 'verify-email', rows.NOW)).toBeNull();
  });
});

describe('issue', () => {
  const issue =
    (owner: ChallengeOwner, purpose: Purpose, email: string | null = null) =>
    () => {
      const sessionId = purpose === 'revoke-session' ? 'alice-here' : null;
      const to = owner === dora ? 'dora@example.com' : 'alice@example.com';
      const made = { id: 'new', secretHash: 'new-secret', purpose, expiresAtMs: 3000 };
      return challenges.issue(owner, { ...made, email, sessionId, to }, rows.auditContext);
    };
  const row = {
    id: 'new',
    user_id: null,
    registration_id: null,
    secret_hash: 'new-secret',
    email: null,
    expires_at_ms: 3000,
    session_id: null,
  };
  const other = 'alice@other.example';

  it.each([
    ['replaces one user’s code', alice, 'verify-email', null, 'CODE_SENT', 'alice-code'],
    ['replaces one user’s code', alice, 'change-email', other, 'EMAIL_CHANGE_ASKED', 'alice-move'],
    ['replaces one registration’s code', dora, 'verify-email', null, 'CODE_SENT', 'dora-code'],
    ['adds a link beside the older ones', alice, 'reset-password', null, 'RESET_SENT', null],
    ['adds a link to a session', alice, 'revoke-session', null, 'NEW_DEVICE_NOTIFIED', null],
  ] as const)('%s', async (...[, owner, purpose, email, action, replaced]) => {
    const ids = {
      ...(owner === dora ? { registration_id: 'dora' } : { user_id: 1 }),
      ...(purpose === 'revoke-session' && { session_id: 'alice-here' }),
    };
    const event = rows.eventRow(action, { user_id: owner === dora ? null : 1 });
    expect(await rows.differenceAfter(issue(owner, purpose, email))).toEqual([
      true,
      {
        added: { challenges: [{ ...row, ...ids, purpose, email }], audit_events: [event] },
        ...(replaced !== null && { removed: [`challenges ${replaced}`] }),
      },
    ]);
  });

  const hasOtherAddress = [
    'the user has another address',
    `UPDATE users SET email = '${other}' WHERE id = 1`,
  ] as const;
  rows.writesNothing(issue(alice, 'reset-password'), false, [rows.isDeleted, hasOtherAddress]);
  rows.writesNothing(issue(alice, 'revoke-session'), false, [rows.isDeleted, hasOtherAddress]);
  rows.writesNothing(issue(dora, 'verify-email'), false, [
    ['the registration is gone', "DELETE FROM registrations WHERE id = 'dora'"],
  ]);
});
