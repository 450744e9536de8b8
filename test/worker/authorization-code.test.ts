/** Codes that transfer a session from the sign-in page to an application, at every contract that has them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../src/contracts/routes.ts';
import { valueNamed } from '../support/authenticator.ts';
import { contractCases } from '../support/contract-cases.ts';
import { actionsOf } from '../support/operator.ts';
import { claimsOf, client, moveClock, tokensOf } from '../support/session.ts';
import { addUser, count, createTestApp, type TestUser } from '../support/test-app.ts';

const app = createTestApp();
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
/** RFC 7636, Appendix B. */
const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const returnTo = 'https://app.example/callback?from=page';
const PARALLEL = 30;

const transferring = contractCases.filter(
  ({ contract, name }) =>
    !name.startsWith('odd') && operationsOf(contract).includes('issue-authorization-code'),
);

it('is offered by the contracts whose tokens travel in bodies', () => {
  expect(transferring.map(({ name }) => name).toSorted()).toEqual([
    'email-envelope',
    'email-remember',
    'gotrue',
    'keycloak',
    'oauth2',
    'realworld',
    'strapi',
    'username-coded',
    'username-pair',
  ]);
});

it('challenges as RFC 7636 shows it', () => {
  expect(createHash('sha256').update(VERIFIER).digest('base64url')).toBe(codeChallenge);
});

describe.each(transferring)('$name', ({ name }) => {
  const own = client(app, name);
  const { ask, status } = own;

  const signIn = async () => {
    const user = await addUser();
    const tokens = tokensOf(await own.login(user));
    return { user, ...tokens };
  };
  const codeOf = async ({ access, refresh }: { access: string; refresh: string }) => {
    const input = { codeChallenge, returnTo, refreshToken: refresh || null };
    const answer = await ask('issue-authorization-code', input, { token: access });
    expect(answer.status).toBe(status.granted);
    return String(valueNamed(JSON.parse(answer.text), 'code'));
  };
  const exchange = (code: string, changes = {}) =>
    ask('exchange-authorization-code', { code, codeVerifier: VERIFIER, returnTo, ...changes });
  const transfersOf = async ({ id }: TestUser & { id: number }) =>
    (await actionsOf(id)).filter((action) => action === 'SESSION_TRANSFERRED').length;

  it('gives the application the tokens of the page’s session, and writes that down', async () => {
    const page = await signIn();
    const answer = await exchange(await codeOf(page));
    expect(answer.status).toBe(status.granted);
    const { access, refresh } = tokensOf(answer);
    expect(claimsOf(access).sid).toBe(claimsOf(page.access).sid);
    expect((await ask('profile', null, { token: access })).status).toBe(status.granted);
    expect(refresh === '').toBe(page.refresh === '');
    if (refresh !== '') {
      const refreshed = await ask('refresh', { refreshToken: refresh }, { refreshToken: refresh });
      expect(refreshed.status).toBe(status.granted);
    }
    expect(await count('sessions', page.user.id)).toBe(1);
    expect(await transfersOf(page.user)).toBe(1);
  });

  it('transfers once, however often a code is presented at once', async () => {
    const page = await signIn();
    const code = await codeOf(page);
    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => exchange(code)));
    const granted = answers.filter((answer) => answer.status === status.granted);
    expect(granted).toHaveLength(1);
    for (const answer of answers.filter((one) => !granted.includes(one))) {
      expect(answer.status).toBe(status['invalid-code']);
    }
    expect(await transfersOf(page.user)).toBe(1);
  });

  it.each([
    ['another verifier', { codeVerifier: 'x'.repeat(43) }],
    ['the challenge as its verifier', { codeVerifier: codeChallenge }],
    ['another address', { returnTo: 'https://app.example/callback' }],
    ['a code that was changed', { code: 'A'.repeat(200) }],
  ])('refuses %s, and the right request is granted after it', async (_name, changes) => {
    const page = await signIn();
    const code = await codeOf(page);
    const refused = await exchange(code, changes);
    expect(refused.status).toBe(status['invalid-code']);
    expect((await exchange(code)).status).toBe(status.granted);
  });

  it('refuses a code after a minute', async () => {
    const code = await codeOf(await signIn());
    moveClock(60_000);
    expect((await exchange(code)).status).toBe(status['invalid-code']);
  });

  it('refuses a code whose session has ended', async () => {
    const page = await signIn();
    const code = await codeOf(page);
    await ask('logout-all', null, { token: page.access });
    expect((await exchange(code)).status).toBe(status['invalid-code']);
  });

  it('refuses the code of another contract', async () => {
    const page = await signIn();
    const code = await codeOf(page);
    const elsewhere = transferring.find((one) => one.name !== name);
    const other = client(app, elsewhere?.name ?? '');
    const input = { code, codeVerifier: VERIFIER, returnTo };
    const answer = await other.ask('exchange-authorization-code', input);
    expect(answer.status).toBe(other.status['invalid-code']);
  });

  it('asks for the refresh token beside the access token, where the contract has one', async () => {
    const { access, refresh } = await signIn();
    const { refresh: others } = await signIn();
    if (refresh === '') return;
    for (const refreshToken of ['a.b.c', access, others]) {
      const input = { codeChallenge, returnTo, refreshToken };
      const answer = await ask('issue-authorization-code', input, { token: access });
      expect(answer.status).toBe(status.unauthenticated);
    }
  });
});
