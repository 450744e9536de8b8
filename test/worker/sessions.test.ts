/** Profile, session list and logout: of live sessions only, and only of one's own. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../support/operator.ts';
import { textAt, valueAt } from '../../src/pages/json-path.ts';
import { challengeOf, challengeTo } from '../support/contract-cases.ts';
import {
  claimsOf,
  client,
  encoded,
  moveClock,
  sessionsIn,
  tokensOf,
  WRONG,
} from '../support/session.ts';
import {
  addUser,
  type Answer,
  contractCases,
  count,
  createTestApp,
  freshAddress,
} from '../support/test-app.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe.each(contractCases)('$name', ({ name, contract, status, statusAt }) => {
  const app = createTestApp();
  const { ask, login, profile, sessions, endSession, logout, logoutAll } = client(app, name);
  const { unauthenticated } = status;
  const { fields } = contract.paths.sessions;

  it('shows the profile in the shape of its login', async () => {
    const user = await addUser();
    const signedIn = await login(user);
    const answer = await profile(tokensOf(signedIn).access);
    expect(answer.status).toBe(status.granted);
    const { paths } = contract;
    for (const name of ['username', 'email'] as const) {
      const shown = textAt(JSON.parse(answer.text), paths.profile[name]);
      expect(shown).toBe(paths.profile[name] === null ? null : user[name]);
    }
    // Some wires have the user's fields in the body itself.
    const userIn = ({ text }: Answer) =>
      /"user":(\{.*?"(?:createdAt|created_at|is_admin)":[^}]*\})/.exec(text)?.[1];
    const shown = userIn(answer);
    if (shown !== undefined) expect(shown).toBe(userIn(signedIn));
  });

  it('answers a missing token otherwise than a bad one (RFC 6750, section 3)', async () => {
    const { path } = encoded(name, 'profile', { input: null });
    const { access } = tokensOf(await login(await addUser()));
    const missing = await ask('profile', null);
    const basic = await ask('profile', null, { headers: { Authorization: 'Basic eDp5' } });
    const inUrl = await app.fetch(`${path}?access_token=${access}`);
    for (const answer of [missing, basic, inUrl]) {
      expect(answer.status).toBe(status['missing-token']);
      expect(challengeOf(answer)).toBe(challengeTo(name, 'profile', false));
    }
    const answer = await profile('x.y.z');
    expect(answer.status).toBe(unauthenticated);
    expect(challengeOf(answer)).toBe(challengeTo(name, 'profile', true));
    expect(Object.keys(JSON.parse(answer.text))).toEqual(Object.keys(JSON.parse(missing.text)));
  });

  it('lists live sessions, newest first, with a readable device, and marks the one that asks', async () => {
    const user = await addUser();
    const { access: first } = tokensOf(
      await login(user, { headers: { 'User-Agent': FIREFOX }, address: '192.0.2.1' }),
    );
    moveClock(1);
    const { access } = tokensOf(await login(user, { headers: { 'User-Agent': 'curl/8.5.0' } }));
    const list = sessionsIn(await sessions(access));
    expect(list).toMatchObject([
      { [fields.device]: 'curl', [fields.current]: true },
      {
        [fields.device]: 'Firefox on Linux',
        [fields.current]: false,
        [fields.address]: '192.0.2.1',
      },
    ]);
    expect(list.map((session) => session[fields.id])).toEqual([
      claimsOf(access).sid,
      claimsOf(first).sid,
    ]);
  });

  it('ends one session of the caller’s', async () => {
    const user = await addUser();
    const from = { address: freshAddress() };
    const first = tokensOf(await login(user, from)).access;
    const second = tokensOf(await login(user, from)).access;
    const other = sessionsIn(await sessions(second)).find((one) => one[fields.current] === false);
    const answer = await endSession(second, String(other?.[fields.id]));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([
      statusAt('end-session').done,
      null,
    ]);
    expect((await profile(first)).status).toBe(status.unauthenticated);
    expect((await profile(second)).status).toBe(status.granted);
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'LOGIN', 'SESSION_ENDED']);
  });

  it('names a session, and takes the name away', async () => {
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    const id = claimsOf(token).sid;
    const shown = async () => sessionsIn(await sessions(token)).map((one) => one[fields.name]);
    for (const [sent, stored] of [
      [' Laptop at home ', 'Laptop at home'],
      ['', undefined],
      ['Phone', 'Phone'],
      [null, undefined],
    ]) {
      const answer = await ask('rename-session', { id, name: sent ?? null }, { token });
      expect(answer.status).toBe(statusAt('rename-session').done);
      expect(await shown()).toEqual([stored]);
    }
    const events = ['LOGIN', ...Array<string>(4).fill('SESSION_RENAMED')];
    expect(await actionsOf(user.id)).toEqual(events);
  });

  it.each([
    ['65 characters', 'a'.repeat(65)],
    ['a line break', 'My\nlaptop'],
    ['characters that turn the text around it', 'My\u202Eptopal'],
    ['half a character', '\ud83d'],
  ])('refuses a name with %s', async (_, name) => {
    const { access: token } = tokensOf(await login(await addUser()));
    const answer = await ask('rename-session', { id: claimsOf(token).sid, name }, { token });
    expect(answer.status).toBe(statusAt('rename-session').malformed);
  });

  it('names no session of anyone else’s', async () => {
    const [owner, stranger] = [await addUser(), await addUser()];
    const owned = tokensOf(await login(owner)).access;
    const { access: token } = tokensOf(await login(stranger));
    const answer = await ask('rename-session', { id: claimsOf(owned).sid, name: 'x' }, { token });
    expect(answer.status).toBe(status['not-found']);
    expect(sessionsIn(await sessions(owned))[0]).not.toHaveProperty(fields.name);
  });

  it('shows the newest events of the caller’s account alone', async () => {
    const user = await addUser();
    await login(await addUser());
    await login({ ...user, password: WRONG }, { address: '192.0.2.7' });
    const headers = { 'User-Agent': FIREFOX };
    const { access: token } = tokensOf(await login(user, { headers, address: '192.0.2.8' }));
    const answer = await ask('list-activity', null, { token });
    const { list, fields: of } = contract.paths.activity;
    const shown = valueAt(JSON.parse(answer.text), list);
    expect(shown).toMatchObject([
      {
        [of.action]: 'LOGIN',
        [of.reason]: 'granted',
        [of.address]: '192.0.2.8',
        [of.device]: 'Firefox on Linux',
        [of.current]: true,
      },
      {
        [of.action]: 'LOGIN_FAILED',
        [of.reason]: 'refused',
        [of.address]: '192.0.2.7',
        [of.device]: 'Unknown device',
        [of.current]: false,
      },
    ]);
    expect(shown).toHaveLength(2);
  });

  it('ends no session of anyone else’s, and says no more than that it is not there', async () => {
    const [owner, stranger] = [await addUser(), await addUser()];
    const owned = tokensOf(await login(owner)).access;
    const [session] = sessionsIn(await sessions(owned));
    const { access } = tokensOf(await login(stranger));
    const untraced = ({ text, headers }: Answer) =>
      text.replaceAll(headers.get('X-Request-Id') ?? '', '');
    const foreign = await endSession(access, String(session?.[fields.id]));
    const unknown = await endSession(access, crypto.randomUUID());
    expect(foreign.status).toBe(status['not-found']);
    expect(untraced(foreign)).toBe(untraced(unknown));
    expect((await profile(owned)).status).toBe(status.granted);
    expect(await actionsOf(stranger.id)).toEqual(['LOGIN']);
  });

  it('logs out once and for all, and says the same when asked again', async () => {
    const user = await addUser();
    const tokens = tokensOf(await login(user));
    const { access, refresh } = tokens;
    for (let n = 0; n < 2; n += 1) {
      expect((await logout(tokens)).status).toBe(statusAt('logout').done);
    }
    expect((await profile(access)).status).toBe(status.unauthenticated);
    if (refresh !== '') {
      const answer = await client(app, name).refresh(refresh);
      expect(answer.status).toBe(statusAt('refresh').unauthenticated);
    }
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'LOGOUT']);
  });

  it('lets nobody log out without a token of its own', async () => {
    const user = await addUser();
    const elsewhere = contractCases.find((one) => one.name !== name)?.name ?? '';
    const foreign = tokensOf(await client(app, elsewhere).login(user)).access;
    for (const token of ['x.y.z', foreign]) {
      for (const [operation, answer] of [
        ['logout', await logout(token)],
        ['logout-all', await logoutAll(token)],
        ['profile', await profile(token)],
      ] as const) {
        expect([operation, answer.status]).toEqual([
          operation,
          statusAt(operation).unauthenticated,
        ]);
      }
    }
    expect((await ask('logout-all', null)).status).toBe(statusAt('logout-all')['missing-token']);
    expect(await count('sessions', user.id)).toBe(1);
  });

  it('logs out everywhere, over all contracts', async () => {
    const user = await addUser();
    const others: { other: ReturnType<typeof client>; token: string }[] = [];
    for (const { name } of contractCases) {
      const other = client(app, name);
      others.push({ other, token: tokensOf(await other.login(user)).access });
    }
    const { access } = tokensOf(await login(user));
    expect((await logoutAll(access)).status).toBe(statusAt('logout-all').done);
    expect(await count('sessions', user.id)).toBe(0);
    for (const { other, token } of others) {
      const { status } = await other.profile(token);
      expect(status, other.name).toBe(other.statusAt('profile').unauthenticated);
    }
    const ends = (await actionsOf(user.id)).filter((action) => action === 'LOGOUT_ALL');
    expect(ends).toHaveLength(contractCases.length + 1);
  });

  it('changes nothing by GET, and takes no other method', async () => {
    const { access } = tokensOf(await login(await addUser()));
    for (const operation of ['logout', 'logout-all'] as const) {
      const { path, headers } = encoded(name, operation, {
        input: { token: access } as never,
        token: access,
      });
      const answer = await app.fetch(path, { headers });
      expect(answer.status).toBe(status['wrong-method']);
      expect(answer.headers.get('Allow')).not.toMatch(/GET/);
    }
    expect((await profile(access)).status).toBe(status.granted);
  });
});
