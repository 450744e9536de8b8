/** Profile, session list and logout: of live sessions only, and only of one's own. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../support/operator.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { addUser, contractCases, count, createTestApp, type Answer } from '../support/test-app.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** The list, whatever envelope it comes in. */
function sessionsIn({ text }: Answer): Record<string, unknown>[] {
  const body = JSON.parse(text) as { sessions?: []; data?: { sessions: [] } };
  return body.sessions ?? body.data?.sessions ?? [];
}

describe.each(contractCases)('$name', ({ name, contract, status }) => {
  const app = createTestApp();
  const { login, profile, sessions, endSession, logout, logoutAll, base } = client(app, name);
  const { done } = status;

  it('shows the profile in the shape of its login', async () => {
    const signedIn = await login(await addUser());
    const answer = await profile(tokensOf(signedIn).access);
    expect(answer.status).toBe(200);
    const user = (text: string) =>
      /"user":(\{.*?"(?:createdAt|created_at|is_admin)":[^}]*\})/.exec(text)?.[1];
    if (signedIn.text.includes('"user":{')) expect(user(answer.text)).toBeDefined();
    expect(user(answer.text)).toBe(user(signedIn.text));
  });

  it('answers a missing token otherwise than a bad one (RFC 6750, section 3)', async () => {
    const path = `/${name}${contract.profilePath}`;
    const { access } = tokensOf(await login(await addUser()));
    const missing = await app.fetch(path);
    const basic = await app.fetch(path, { headers: { Authorization: 'Basic eDp5' } });
    const inUrl = await app.fetch(`${path}?access_token=${access}`);
    for (const { status, headers } of [missing, basic, inUrl]) {
      expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
    }
    const { status, headers, text } = await profile('x.y.z');
    const challenge = headers.get('WWW-Authenticate');
    expect([status, challenge]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(JSON.parse(missing.text)));
  });

  it('lists live sessions, newest first, with a readable device, and marks the one that asks', async () => {
    const user = await addUser();
    await login(user, { headers: { 'User-Agent': FIREFOX }, address: '192.0.2.1' });
    moveClock(1);
    const { access } = tokensOf(await login(user, { headers: { 'User-Agent': 'curl/8.5.0' } }));
    const list = sessionsIn(await sessions(access));
    expect(list).toMatchObject([
      { device: 'curl', current: true },
      { device: 'Firefox on Linux', current: false, contract: name, address: '192.0.2.1' },
    ]);
    expect(Object.keys(list[0] ?? {})).toHaveLength(7);
  });

  it('ends one session of the caller’s', async () => {
    const user = await addUser();
    const first = tokensOf(await login(user)).access;
    const second = tokensOf(await login(user)).access;
    const other = sessionsIn(await sessions(second)).find(({ current }) => current === false);
    const answer = await endSession(second, String(other?.['id']));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([done, null]);
    expect((await profile(first)).status).toBe(401);
    expect((await profile(second)).status).toBe(200);
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'LOGIN', 'SESSION_ENDED']);
  });

  it('ends no session of anyone else’s, and says no more than that it is not there', async () => {
    const [owner, stranger] = [await addUser(), await addUser()];
    const owned = tokensOf(await login(owner)).access;
    const [{ id } = {}] = sessionsIn(await sessions(owned));
    const { access } = tokensOf(await login(stranger));
    const untraced = ({ text, headers }: Answer) =>
      text.replaceAll(headers.get('X-Request-Id') ?? '', '');
    const foreign = await endSession(access, String(id));
    const unknown = await endSession(access, crypto.randomUUID());
    expect(foreign.status).toBe(404);
    expect(untraced(foreign)).toBe(untraced(unknown));
    expect((await profile(owned)).status).toBe(200);
    expect(await actionsOf(stranger.id)).toEqual(['LOGIN']);
  });

  it('logs out once and for all, and says the same when asked again', async () => {
    const user = await addUser();
    const { access, refresh } = tokensOf(await login(user));
    for (let n = 0; n < 2; n += 1) expect((await logout(access)).status).toBe(done);
    expect((await profile(access)).status).toBe(401);
    if (refresh !== '') expect((await client(app, name).refresh(refresh)).status).toBe(401);
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'LOGOUT']);
  });

  it('lets nobody log out without a token of its own', async () => {
    const user = await addUser();
    const elsewhere = contractCases.find((one) => one.name !== name)?.name ?? '';
    const foreign = tokensOf(await client(app, elsewhere).login(user)).access;
    for (const { status } of [
      await app.fetch(`${base}/logout`, { method: 'POST' }),
      await logout('x.y.z'),
      await logout(foreign),
      await logoutAll(foreign),
      await profile(foreign),
    ]) {
      expect(status).toBe(401);
    }
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
    expect((await logoutAll(access)).status).toBe(done);
    expect(await count('sessions', user.id)).toBe(0);
    for (const { other, token } of others) expect((await other.profile(token)).status).toBe(401);
    const ends = (await actionsOf(user.id)).filter((action) => action === 'LOGOUT_ALL');
    expect(ends).toHaveLength(contractCases.length + 1);
  });

  it('changes nothing by GET, and takes no other method', async () => {
    const { access } = tokensOf(await login(await addUser()));
    const headers = { Authorization: `Bearer ${access}` };
    for (const path of ['logout', 'logout-all']) {
      const answer = await app.fetch(`${base}/${path}`, { headers });
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
    }
    expect((await profile(access)).status).toBe(200);
  });
});
