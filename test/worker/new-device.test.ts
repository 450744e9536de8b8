/** E-mails about sign-ins on new devices, and attacks on their links over sequences of changes. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { actionsOf } from '../support/operator.ts';
import { claimsOf, client, deviceOf, sessionsIn, tokensOf } from '../support/session.ts';
import { addUser, freshAddress, oneOfEachKind, type TestUser } from '../support/test-app.ts';

const NAME = 'email-cookie';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SUBJECT = 'A new sign-in at Gatehouse';
const NEW_PASSWORD = 'seven purple hats';

function prepare(name = NAME) {
  const { app, to } = mailbox();
  const own = client(app, name);
  const notices = (user: TestUser) => to(user.email).filter(({ subject }) => subject === SUBJECT);
  const token = (user: TestUser) => tokenIn(notices(user));
  const revoke = (token: string, at = own) => at.ask('revoke-session', { token });
  const reset = (token: string) => own.ask('reset-password', { token, password: NEW_PASSWORD });
  /** An owner who is signed in, and a thief with the password on a device of another address. */
  const robbed = async (columns = {}) => {
    const user = await addUser(columns);
    const owner = tokensOf(await own.login(user));
    const from = { address: freshAddress() };
    const thief = await own.login(user, from);
    return { user, owner, from, thief, thiefs: tokensOf(thief) };
  };
  return { app, own, to, notices, token, revoke, reset, robbed };
}

describe.each(oneOfEachKind)('$name', ({ name, status, statusAt }) => {
  it('tells of a sign-in on a new device alone, with a link that ends it', async () => {
    const { own, notices, token, revoke, reset } = prepare(name);
    const user = await addUser();
    const home = { address: freshAddress(), headers: { 'User-Agent': FIREFOX } };
    const { access: owner } = tokensOf(await own.login(user, home));
    await own.login(user, home);
    expect(notices(user)).toEqual([]);

    const { access: thief } = tokensOf(await own.login(user));
    expect(notices(user)).toHaveLength(1);
    expect(notices(user)[0]?.text).toContain(`/${name}/revoke#token=`);
    for (let n = 0; n < 2; n += 1) {
      expect((await revoke(token(user))).status).toBe(statusAt('revoke-session').done);
    }
    expect((await own.profile(thief)).status).toBe(status.unauthenticated);
    expect((await own.profile(owner)).status).toBe(status.granted);

    expect((await reset(token(user))).status).toBe(statusAt('reset-password').done);
    expect((await own.profile(owner)).status).toBe(status.unauthenticated);
    expect((await reset(token(user))).status).toBe(status['invalid-link']);
    expect((await revoke(token(user))).status).toBe(status['invalid-link']);
    expect((await actionsOf(user.id)).join(' ')).toBe(
      'LOGIN LOGIN LOGIN NEW_DEVICE_NOTIFIED SESSION_REVOKED PASSWORD_RESET',
    );
  });
});

describe('a known device', () => {
  it('is one whose cookie is valid, at any address', async () => {
    const { own, notices } = prepare();
    const user = await addUser();
    const cookie = deviceOf(await own.login(user));
    await own.login(user, { headers: { Cookie: `__Host-gh-device=${cookie}` } });
    expect(notices(user)).toEqual([]);
  });

  it('is none by the cookie of another account', async () => {
    const { own, notices } = prepare();
    const [user, other] = [await addUser(), await addUser()];
    const cookie = deviceOf(await own.login(other));
    await own.login(user);
    await own.login(user, { headers: { Cookie: `__Host-gh-device=${cookie}` } });
    expect(notices(user)).toHaveLength(1);
  });

  it('is no more known after its session was revoked, by cookie or address', async () => {
    const { own, notices, token, revoke, robbed } = prepare();
    const { user, from, thief } = await robbed();
    await revoke(token(user));
    const headers = { Cookie: `__Host-gh-device=${deviceOf(thief)}` };
    await own.login(user, { ...from, headers });
    expect(notices(user)).toHaveLength(2);
  });

  it('is the one that reset the password, and no other that had signed in before', async () => {
    const { own, to, notices, robbed } = prepare();
    const { user, from } = await robbed();
    const home = { address: freshAddress() };
    const identifier = { kind: 'email', value: user.email } as const;
    await own.ask('forgot-password', { identifier, handle: null });
    const token = tokenIn(to(user.email));
    await own.ask('reset-password', { token, password: NEW_PASSWORD }, home);
    const renewed = { ...user, password: NEW_PASSWORD };
    await own.login(renewed, home);
    expect(notices(user)).toHaveLength(1);
    await own.login(renewed, from);
    expect(notices(user)).toHaveLength(2);
  });

  it('is told of once where two sign in at a time', async () => {
    const { own, notices } = prepare();
    const user = await addUser({ last_login_at_ms: 1 });
    const from = { address: freshAddress() };
    await Promise.all([own.login(user, from), own.login(user, from)]);
    expect(notices(user)).toHaveLength(1);
  });
});

describe('no e-mail is sent', () => {
  it.each([
    ['of the first sign-in', {}, 1],
    ['to an address that is not verified', { email_verified: 0 }, 3],
    ['beyond five an hour', { last_login_at_ms: 1 }, 8],
  ])('%s', async (about, columns, logins) => {
    const { own, notices } = prepare();
    const user = await addUser(columns);
    for (let n = 0; n < logins; n += 1) await own.login(user);
    expect(notices(user)).toHaveLength(about.startsWith('beyond') ? 5 : 0);
  });

  it('of a refused sign-in', async () => {
    const { own, notices } = prepare();
    const user = await addUser({ last_login_at_ms: 1 });
    await own.login({ ...user, password: 'not the password' });
    expect(notices(user)).toEqual([]);
  });
});

describe('a link', () => {
  const INVALID = 400;
  const live = (user: { id: number }) =>
    env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?').bind(user.id).all();

  it.each<[string, (all: ReturnType<typeof prepare>, one: Robbed) => Promise<unknown>]>([
    [
      'the account was deleted',
      ({ own }, { user, owner }) =>
        own.ask('delete-account', { password: user.password }, { token: owner.access }),
    ],
    [
      'the address was changed',
      async ({ own, to }, { user, owner: { access: token } }) => {
        const email = `moved-${user.email}`;
        await own.ask('change-email', { email, password: user.password }, { token });
        await own.ask('confirm-email', { code: codeIn(to(email)) }, { token });
      },
    ],
    [
      'the password was changed',
      ({ own }, { user, owner: { access: token } }) => {
        const input = { currentPassword: user.password, newPassword: NEW_PASSWORD };
        return own.ask('change-password', input, { token });
      },
    ],
    [
      'the user is inactive',
      (_, { user }) =>
        env.DB.prepare("UPDATE users SET status = 'inactive' WHERE id = ?").bind(user.id).run(),
    ],
    [
      'a day has passed',
      (_, { user }) =>
        env.DB.prepare('UPDATE challenges SET expires_at_ms = 1 WHERE user_id = ?')
          .bind(user.id)
          .run(),
    ],
  ])('is void once %s', async (_, change) => {
    const all = prepare();
    const robbed = await all.robbed();
    const token = all.token(robbed.user);
    await change(all, robbed);
    const sessions = (await live(robbed.user)).results;
    expect((await all.revoke(token)).status).toBe(INVALID);
    expect((await all.reset(token)).status).toBe(INVALID);
    expect((await live(robbed.user)).results).toEqual(sessions);
  });

  it('voids the device cookies though its session is over', async () => {
    const { own, token, revoke, robbed } = prepare();
    const { user, thiefs } = await robbed();
    await own.logout(thiefs);
    expect((await revoke(token(user))).status).toBeLessThan(300);
    const version = env.DB.prepare('SELECT device_version AS v FROM users WHERE id = ?');
    expect(await version.bind(user.id).first('v')).toBe(2);
    expect((await revoke(token(user))).status).toBeLessThan(300);
    expect(await version.bind(user.id).first('v')).toBe(2);
  });

  it('ends its own session alone, at any contract', async () => {
    const { app, own, token, revoke, robbed } = prepare();
    const { user, owner, thiefs } = await robbed();
    const first = token(user);
    const second = tokensOf(await own.login(user)).access;
    const answer = await revoke(first, client(app, 'username-pair'));
    expect(answer.status).toBe(200);
    expect((await own.profile(thiefs.access)).status).toBe(401);
    const left = sessionsIn(await own.sessions(owner.access)).map(({ id }) => id);
    expect(left).toEqual([claimsOf(second).sid, claimsOf(owner.access).sid]);
  });

  it('of a forgotten password ends no session', async () => {
    const { own, to, revoke, robbed } = prepare();
    const { user, thiefs } = await robbed();
    const identifier = { kind: 'email', value: user.email } as const;
    await own.ask('forgot-password', { identifier, handle: null });
    expect((await revoke(tokenIn(to(user.email)))).status).toBe(INVALID);
    expect((await own.profile(thiefs.access)).status).toBe(200);
  });

  it('ends a session that is being refreshed', async () => {
    const { own, token, revoke, robbed } = prepare('username-pair');
    const { user, thiefs } = await robbed();
    const [, refreshed] = await Promise.all([revoke(token(user)), own.refresh(thiefs.refresh)]);
    if (refreshed.status === 200) {
      expect((await own.profile(tokensOf(refreshed).access)).status).toBe(401);
      expect((await own.refresh(tokensOf(refreshed).refresh)).status).toBe(401);
    }
    expect((await own.refresh(thiefs.refresh)).status).toBe(401);
  });
});

type Robbed = Awaited<ReturnType<ReturnType<typeof prepare>['robbed']>>;

it('tells the mailbox of a deleted account, in its language', async () => {
  const { own, to } = prepare();
  const user = await addUser({ language: 'de' });
  const { access: token } = tokensOf(await own.login(user));
  await own.ask('delete-account', { password: user.password }, { token });
  expect(to(user.email).map(({ subject }) => subject)).toEqual([
    'Dein Konto bei Gatehouse wurde gelöscht',
  ]);
});
