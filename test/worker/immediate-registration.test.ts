/** Registration that signs in at once, and the accounts it makes before a mailbox is proven. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { slowNetwork } from '../fixtures/slow-network.ts';
import { bodyOf, lenientClient } from '../support/lenient-client.ts';
import { codeIn, tokenIn } from '../support/mailbox.ts';
import { actionsOf } from '../support/operator.ts';
import { deviceOf, withDevice } from '../support/session.ts';
import { addUser, newUser } from '../support/test-app.ts';

const { to, post, register, login, profile } = lenientClient();

const read = <Row>(sql: string, ...values: string[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .first<Row>();
const userOf = (email: string) =>
  read<{ id: number; email_verified: number }>(
    'SELECT id, email_verified FROM users WHERE email = ?',
    email,
  );
const subjectsTo = (email: string) => to(email).map(({ subject }) => subject);

describe('a free address', () => {
  it('is signed in at once, unverified, on a known device, and sent its code', async () => {
    const user = newUser();
    const answer = await register(user);
    expect(answer.status).toBe(201);
    expect((await profile(bodyOf(answer)['access'] ?? '')).status).toBe(200);
    const { id = 0, ...row } = (await userOf(user.email)) ?? {};
    expect([row, await actionsOf(id)]).toEqual([
      { email_verified: 0 },
      ['REGISTERED', 'LOGIN', 'CODE_SENT'],
    ]);
    expect(subjectsTo(user.email)).toEqual(['Confirm your address for Gatehouse']);
    const wrong = { ...user, password: 'a wrong password' };
    for (let n = 0; n < 5; n += 1) await login(wrong);
    expect((await login(user)).status).toBe(429);
    const device = withDevice(deviceOf(answer));
    expect((await post('login', { ...user }, device)).status).toBe(200);
  });

  it('can be signed in with a name that strangers had locked', async () => {
    const user = newUser();
    for (let n = 0; n < 5; n += 1) await login(user);
    expect((await login(user)).status).toBe(429);
    expect((await register(user)).status).toBe(201);
    expect((await login(user)).status).toBe(200);
  });

  it('is not registered without the setting, as by code', async () => {
    const byCode = lenientClient({ IMMEDIATE_REGISTRATION: [] });
    const user = newUser();
    expect((await byCode.register(user)).status).toBe(202);
    expect([await userOf(user.email), (await byCode.login(user)).status]).toEqual([null, 401]);
  });

  it('does not start a deployment that a contract’s own rules are against', () => {
    expect(() =>
      lenientClient({ CONTRACTS: ['email-cookie'], IMMEDIATE_REGISTRATION: ['email-cookie'] }),
    ).toThrow('IMMEDIATE_REGISTRATION: "email-cookie" has no answer that registers at once');
  });
});

describe('a taken name', () => {
  it('is refused by its field, and the owner of a taken address is written to', async () => {
    const owner = await addUser();
    const { email } = newUser();
    const byName = await register({ ...newUser(), username: owner.username, email });
    const byAddress = await register({ ...newUser(), email: owner.email.toUpperCase() });
    const refusals = [byName, byAddress].map((answer) => [answer.status, bodyOf(answer)['code']]);
    expect(refusals).toEqual([
      [409, 'USERNAME_TAKEN'],
      [409, 'EMAIL_TAKEN'],
    ]);
    expect([subjectsTo(email), subjectsTo(owner.email)]).toEqual([
      [],
      ['You already have an account at Gatehouse'],
    ]);
    expect(byAddress.headers.get('Set-Cookie')).toBeNull();
  });

  it('takes as many round trips as a login, and the same calls as a free one', async () => {
    const recorder = slowNetwork();
    const { register } = lenientClient({}, recorder.intercept, recorder.responded);
    const owner = await addUser();
    for (const user of [newUser(), { ...newUser(), email: owner.email }]) {
      recorder.take();
      await register(user);
      const levels = recorder
        .take()
        .way.map(({ besideHash, calls }) => [
          besideHash ? 'beside the hash' : 'waited for',
          ...calls.map(({ to, method }) => `${to} ${method}`).toSorted(),
        ]);
      expect(levels).toEqual([
        ['waited for', 'database all', 'limits consume'],
        ['beside the hash', 'limits consume'],
        ['waited for', 'database batch'],
      ]);
    }
  });

  it.each([
    ['a username that another client’s registration holds', true],
    ['no address for which a registration waits for its code', false],
  ])('is %s', async (_, isTaken) => {
    const byCode = lenientClient({ IMMEDIATE_REGISTRATION: [] });
    const pending = newUser();
    await byCode.register(pending);
    const user = isTaken
      ? { ...newUser(), username: pending.username }
      : { ...newUser(), email: pending.email };
    expect((await register(user)).status).toBe(isTaken ? 409 : 201);
  });

  it('makes one account of 50 parallel registrations', async () => {
    const { email } = newUser();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => register({ ...newUser(), email })),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, ...Array<number>(49).fill(409)]);
    const { id = 0 } = (await userOf(email)) ?? {};
    const sessions = await read<{ n: number }>(
      'SELECT count(*) AS n FROM sessions WHERE user_id = ?',
      String(id),
    );
    expect(sessions).toEqual({ n: 1 });
  });
});

describe('an account whose mailbox is not proven', () => {
  it('is not taken over by the code of a registration from before', async () => {
    const byCode = lenientClient({ IMMEDIATE_REGISTRATION: [] });
    const { email } = newUser();
    const pending = { ...newUser(), email };
    await byCode.register(pending);
    const code = codeIn(byCode.to(email));
    const owner = { ...newUser(), email };
    const { access = '' } = bodyOf(await register(owner));
    const proof = { email, password: pending.password, code };
    expect((await post('verify-email', proof)).status).toBe(400);
    expect((await login(pending)).status).toBe(401);
    expect([(await profile(access)).status, (await userOf(email))?.email_verified]).toEqual([
      200, 0,
    ]);
  });

  it('ends its sessions when its own code verifies it', async () => {
    const user = newUser();
    const answer = await register(user);
    const { access = '', refresh = '' } = bodyOf(answer);
    const proof = { email: user.email, password: user.password, code: codeIn(to(user.email)) };
    expect((await post('verify-email', proof)).status).toBe(204);
    expect((await profile(access)).status).toBe(401);
    expect((await post('refresh', { refreshToken: refresh })).status).toBe(401);
    expect([(await login(user)).status, (await userOf(user.email))?.email_verified]).toEqual([
      200, 1,
    ]);
  });

  it('is its mailbox owner’s after a reset, and the stranger who made it is out', async () => {
    const { email } = newUser();
    const stranger = { ...newUser(), email };
    const answer = await register(stranger);
    const { access = '', refresh = '' } = bodyOf(answer);
    const moved = { email: newUser().email, password: stranger.password };
    expect((await post('change-email', moved, { token: access })).status).toBe(202);

    const owner = { ...newUser(), email };
    expect((await register(owner)).status).toBe(409);
    await post('forgot-password', { email });
    const reset = { token: tokenIn(to(email)), password: owner.password };
    expect((await post('reset-password', reset)).status).toBe(204);

    expect((await profile(access)).status).toBe(401);
    expect((await post('refresh', { refreshToken: refresh })).status).toBe(401);
    expect((await login(stranger)).status).toBe(401);
    const { access: newest = '' } = bodyOf(await login(owner));
    // The change of address that the stranger began is void.
    const code = { code: codeIn(to(moved.email)) };
    expect((await post('change-email/confirm', code, { token: newest })).status).toBe(400);
    expect((await userOf(email))?.email_verified).toBe(1);
  });
});
