/** Refresh tokens rotate: one successor each, ten seconds of grace, and reuse ends the session. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { actionsOf } from '../support/operator.ts';
import { challengeOf, challengeTo } from '../support/contract-cases.ts';
import { claimsOf, client, encoded, moveClock, tokensOf } from '../support/session.ts';
import { addUser, contractCases, count, createTestApp, type Answer } from '../support/test-app.ts';

const DAY_MS = 86_400_000;
const refreshing = contractCases.filter(({ contract }) => contract.refresh !== null);

describe.each(refreshing)('$name', ({ name, contract, status, statusAt }) => {
  const { login, refresh, profile } = client(createTestApp(), name);
  const lifetimeMs = (contract.lifetimes.refreshSeconds ?? 0) * 1000;
  const { unauthenticated } = statusAt('refresh');

  it('gives new tokens that work, for the same session', async () => {
    const user = await addUser();
    const first = tokensOf(await login(user));
    const answer = await refresh(first.refresh);
    expect(answer.status).toBe(status.granted);
    const second = tokensOf(answer);
    expect(second.refresh).not.toBe(first.refresh);
    expect((await profile(second.access)).status).toBe(status.granted);
    expect((await profile(first.access)).status).toBe(status.granted);
    expect(await count('sessions', user.id)).toBe(1);
    expect((await refresh(second.refresh)).status).toBe(status.granted);
  });

  it('keeps 20 parallel tabs signed in, with one live successor', async () => {
    const user = await addUser();
    const { refresh: token } = tokensOf(await login(user));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(status.granted));
    const successors = new Set(answers.map((answer) => claimsOf(tokensOf(answer).refresh).jti));
    expect(successors.size).toBe(1);
    const generation = await env.DB.prepare(
      'SELECT refresh_generation FROM sessions WHERE user_id = ?',
    )
      .bind(user.id)
      .first<number>('refresh_generation');
    expect(generation).toBe(1);
  });

  it('takes the previous token for 10 seconds more, and leads it to the same successor', async () => {
    const { refresh: old } = tokensOf(await login(await addUser()));
    const successor = tokensOf(await refresh(old)).refresh;
    moveClock(9_900);
    const again = await refresh(old);
    expect(again.status).toBe(status.granted);
    expect(claimsOf(tokensOf(again).refresh).jti).toBe(claimsOf(successor).jti);
  });

  it('ends the session on reuse after that, for both who hold it, and audits it', async () => {
    const user = await addUser();
    const { refresh: old } = tokensOf(await login(user));
    const { refresh: successor, access } = tokensOf(await refresh(old));
    moveClock(10_000);
    expect((await refresh(old)).status).toBe(unauthenticated);
    expect((await refresh(successor)).status).toBe(unauthenticated);
    expect((await profile(access)).status).toBe(status.unauthenticated);
    expect(await count('sessions', user.id)).toBe(0);
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'REFRESH_REUSED']);
  });

  it('ends the session on a token two generations old, at once', async () => {
    const user = await addUser();
    const { refresh: old } = tokensOf(await login(user));
    const second = tokensOf(await refresh(old)).refresh;
    await refresh(second);
    expect((await refresh(old)).status).toBe(unauthenticated);
    expect(await count('sessions', user.id)).toBe(0);
  });

  it('ends by itself when it was not used for the lifetime of its token', async () => {
    // Tokens count whole seconds: from the start of one, their lifetime is exact.
    vi.setSystemTime(Math.ceil(Date.now() / 1000) * 1000);
    const { refresh: token } = tokensOf(await login(await addUser()));
    moveClock(lifetimeMs - 1);
    const next = await refresh(token);
    expect(next.status).toBe(status.granted);
    moveClock(1);
    const latest = await refresh(tokensOf(next).refresh);
    expect(latest.status).toBe(status.granted);
    moveClock(lifetimeMs);
    expect((await refresh(tokensOf(latest).refresh)).status).toBe(
      statusAt('refresh').unauthenticated,
    );
  });

  it('ends after its absolute lifetime, however often it was refreshed', async () => {
    // Of 90 days by default; ten steps, in each of which a refresh token outlives the next.
    const stepMs = Math.min(9 * DAY_MS, lifetimeMs / 2);
    const SESSION_ABSOLUTE_SECONDS = (10 * stepMs) / 1000;
    const { login, refresh } = client(createTestApp({ SESSION_ABSOLUTE_SECONDS }), name);
    let { refresh: token } = tokensOf(await login(await addUser()));
    for (let step = 1; step < 10; step += 1) {
      moveClock(stepMs);
      const answer = await refresh(token);
      expect(answer.status, `after ${step} steps`).toBe(status.granted);
      token = tokensOf(answer).refresh;
    }
    moveClock(stepMs);
    expect((await refresh(token)).status).toBe(unauthenticated);
  });

  it.each([
    ['deactivated', "UPDATE users SET status = 'inactive' WHERE id = ?"],
    ['given another password', 'UPDATE users SET credential_version = 2 WHERE id = ?'],
    ['deleted', 'DELETE FROM users WHERE id = ?'],
  ])('refuses the refresh of a user who was %s', async (_, sql) => {
    const user = await addUser();
    const { refresh: token, access } = tokensOf(await login(user));
    await env.DB.prepare(sql).bind(user.id).run();
    expect((await refresh(token)).status).toBe(unauthenticated);
    expect((await profile(access)).status).toBe(status.unauthenticated);
  });

  it('takes no access token, and no token of another contract', async () => {
    const user = await addUser();
    const other = refreshing.find((candidate) => candidate.name !== name)?.name ?? '';
    const { access } = tokensOf(await login(user));
    const foreign = tokensOf(await client(createTestApp(), other).login(user));
    for (const token of [access, foreign.refresh, 'a.b.c', 'x', `${access}x`]) {
      const answer = await refresh(token);
      expect(answer.status).toBe(unauthenticated);
      expect(challengeOf(answer)).toBe(challengeTo(name, 'refresh', true));
    }
    expect(await count('sessions', user.id)).toBe(2);
    expect(await actionsOf(user.id)).toEqual(['LOGIN', 'LOGIN', 'NEW_DEVICE_NOTIFIED']);
  });
});

describe.each(refreshing.filter(({ contract }) => contract.refresh?.in === 'body'))(
  'a refresh of $name',
  ({ name, status, statusAt }) => {
    const app = createTestApp();
    const { login, refresh, askRaw, askWith } = client(app, name);
    const sent = (token: string) => encoded(name, 'refresh', { input: { refreshToken: token } });

    it.each<[string, () => Promise<Answer>]>([
      ['neither JSON nor a form', () => askRaw('refresh', '{"%')],
      ['a list', () => askRaw('refresh', '[]')],
      ['nothing', () => askRaw('refresh', '')],
      ['no token', () => askWith('refresh', {})],
      ['an empty token', () => app.send(sent(''))],
      ['more than fits', () => app.send(sent('x'.repeat(20_000)))],
    ])('with %s is refused as malformed, and changes nothing', async (_, send) => {
      const { refresh: token } = tokensOf(await login(await addUser()));
      const answer = await send();
      expect(answer.status).toBe(statusAt('refresh').malformed);
      // Faults are named by the fields of this request.
      expect(answer.text).not.toContain('Password');
      expect((await refresh(token)).status).toBe(status.granted);
    });
  },
);

it.each(contractCases.filter(({ contract }) => contract.refresh === null))(
  '$name has no refresh',
  async ({ name, contract, status }) => {
    const answer = await createTestApp().post(`/${name}${contract.base}/refresh`, {
      refreshToken: 'x',
    });
    expect(answer.status).toBe(status['not-found']);
  },
);
