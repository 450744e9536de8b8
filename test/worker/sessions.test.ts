/** Profile, session list and logout: of live sessions only, and only of one's own. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { client, held } from '../support/session.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function actions(userId: number): Promise<unknown[]> {
  const { results } = await env.DB.prepare(
    'SELECT action, session_id FROM audit_events WHERE user_id = ? ORDER BY id',
  )
    .bind(userId)
    .all<{ action: string }>();
  return results.map(({ action }) => action);
}

/** The list, whatever envelope it comes in. */
function listed(text: string): Record<string, unknown>[] {
  const body = JSON.parse(text) as { sessions?: []; data?: { sessions: [] } };
  return body.sessions ?? body.data?.sessions ?? [];
}

describe.each(contractCases)('$name', ({ name, contract }) => {
  const here = createTestApp();
  const { login, profile, sessions, endSession, logout, logoutAll, base } = client(here, name);
  const done = contract.responses.done.render().status;

  it('shows the profile in the shape of its login', async () => {
    const signedIn = await login(await addUser());
    const answer = await profile(held(signedIn).access);
    expect(answer.status).toBe(200);
    const user = (text: string) =>
      /"user":(\{.*?"(?:createdAt|created_at|is_admin)":[^}]*\})/.exec(text)?.[1];
    if (signedIn.text.includes('"user":{')) expect(user(answer.text)).toBeDefined();
    expect(user(answer.text)).toBe(user(signedIn.text));
  });

  it('tells who has no token from who has a bad one (RFC 6750)', async () => {
    const path = `/${name}${contract.profilePath}`;
    const none = await here.fetch(path);
    const basic = await here.fetch(path, { headers: { Authorization: 'Basic eDp5' } });
    const inUrl = await here.fetch(
      `${path}?access_token=${held(await login(await addUser())).access}`,
    );
    for (const answer of [none, basic, inUrl]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer');
    }
    const bad = await profile('x.y.z');
    expect(bad.status).toBe(401);
    expect(bad.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
    expect(Object.keys(JSON.parse(bad.text))).toEqual(Object.keys(JSON.parse(none.text)));
  });

  it('is one database call a profile, and no guard call', async () => {
    const { access } = held(await login(await addUser()));
    const calls: string[] = [];
    const intercept: BindingInterceptor = (call, proceed) => (
      calls.push(`${call.to} ${call.method}`),
      proceed()
    );
    expect((await client(createTestApp({}, intercept), name).profile(access)).status).toBe(200);
    expect(calls).toEqual(['database all']);
  });

  it('lists live sessions, newest first, with a readable device, and marks the one that asks', async () => {
    const person = await addUser();
    await login(person, { headers: { 'User-Agent': FIREFOX }, address: '192.0.2.1' });
    vi.setSystemTime(Date.now() + 1);
    const { access } = held(await login(person, { headers: { 'User-Agent': 'curl/8.5.0' } }));
    const list = listed((await sessions(access)).text);
    expect(list.map(({ device, current }) => [device, current])).toEqual([
      ['curl', true],
      ['Firefox on Linux', false],
    ]);
    expect(list[1]).toMatchObject({ contract: name, address: '192.0.2.1' });
    expect(Object.keys(list[0] ?? {})).toHaveLength(7);
  });

  it('ends one session of the caller’s', async () => {
    const person = await addUser();
    const first = held(await login(person)).access;
    const second = held(await login(person)).access;
    const other = listed((await sessions(second)).text).find(({ current }) => current === false);
    const answer = await endSession(second, String(other?.['id']));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([done, null]);
    expect((await profile(first)).status).toBe(401);
    expect((await profile(second)).status).toBe(200);
    expect(await actions(person.id)).toEqual(['LOGIN', 'LOGIN', 'SESSION_ENDED']);
  });

  it('ends no session of anyone else’s, and says no more than that it is not there', async () => {
    const [owner, stranger] = [await addUser(), await addUser()];
    const theirs = held(await login(owner)).access;
    const [{ id } = {}] = listed((await sessions(theirs)).text);
    const mine = held(await login(stranger)).access;
    const foreign = await endSession(mine, String(id));
    const unknown = await endSession(mine, crypto.randomUUID());
    expect(foreign.status).toBe(404);
    const untraced = ({ text, headers }: typeof foreign) =>
      text.replaceAll(headers.get('X-Request-Id') ?? '', '');
    expect(untraced(foreign)).toBe(untraced(unknown));
    expect((await profile(theirs)).status).toBe(200);
    expect(await actions(stranger.id)).toEqual(['LOGIN']);
  });

  it('logs out once and for all, and says the same when asked again', async () => {
    const person = await addUser();
    const { access, refresh } = held(await login(person));
    const answers = [await logout(access), await logout(access)];
    expect(answers.map(({ status }) => status)).toEqual([done, done]);
    expect((await profile(access)).status).toBe(401);
    if (refresh !== '') expect((await client(here, name).refresh(refresh)).status).toBe(401);
    expect(await actions(person.id)).toEqual(['LOGIN', 'LOGOUT']);
  });

  it('lets nobody log out without a token of its own', async () => {
    const person = await addUser();
    const elsewhere = contractCases.find((contractCase) => contractCase.name !== name)?.name ?? '';
    const foreign = held(await client(here, elsewhere).login(person)).access;
    const answers = [
      await here.fetch(`${base}/logout`, { method: 'POST' }),
      await logout('x.y.z'),
      await logout(foreign),
      await logoutAll(foreign),
      await profile(foreign),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(await count('sessions', person.id)).toBe(1);
  });

  it('logs out everywhere, over all contracts', async () => {
    const person = await addUser();
    const others = [];
    for (const contractCase of contractCases) {
      others.push({
        contractCase,
        access: held(await client(here, contractCase.name).login(person)).access,
      });
    }
    const { access } = held(await login(person));
    expect((await logoutAll(access)).status).toBe(done);
    expect(await count('sessions', person.id)).toBe(0);
    for (const { contractCase, access: other } of others) {
      expect((await client(here, contractCase.name).profile(other)).status).toBe(401);
    }
    const ends = (await actions(person.id)).filter((action) => action === 'LOGOUT_ALL');
    expect(ends).toHaveLength(contractCases.length + 1);
  });

  it('changes nothing by GET, and takes no other method', async () => {
    const person = await addUser();
    const { access } = held(await login(person));
    const headers = { Authorization: `Bearer ${access}` };
    for (const path of ['logout', 'logout-all']) {
      const answer = await here.fetch(`${base}/${path}`, { headers });
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
    }
    expect((await profile(access)).status).toBe(200);
  });

  it('refuses in its own shape when the database is away, and nothing is lost', async () => {
    const person = await addUser();
    const { access } = held(await login(person));
    const away: BindingInterceptor = (call, proceed) =>
      call.to === 'database' ? Promise.reject(new Error('lost')) : proceed();
    const broken = client(createTestApp({}, away), name);
    const answers = [
      await broken.profile(access),
      await broken.sessions(access),
      await broken.logout(access),
      await broken.logoutAll(access),
      await broken.endSession(access, crypto.randomUUID()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500]);
    expect((await profile(access)).status).toBe(200);
  });
});
