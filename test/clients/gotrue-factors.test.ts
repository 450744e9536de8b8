/** Second factors as @supabase/supabase-js, unmodified, asks for them: enrolment, login, step-up. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { operationsOf, encodeRequest } from '../../src/contracts/routes.ts';
import { OPERATIONS } from '../../src/flows/operations.ts';
import { codeAt } from '../support/authenticator.ts';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';
import { contractCase } from '../support/contract-cases.ts';
import {
  apiError,
  enroll,
  enrolled,
  letTimePass,
  PROJECT,
  sessionMissing,
  sessionOf,
  signIn,
  signInPending,
  type Client,
} from '../support/supabase.ts';

let server: ClientServer;
let strict: ClientServer;
beforeAll(async () => {
  server = await startClientServer(PROJECT);
  strict = await startClientServer({ ...PROJECT, SECOND_FACTOR: 'required' });
});
afterAll(() => Promise.all([server?.close(), strict?.close()]));

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const wrongCode = apiError(422, 'mfa_verification_failed', 'Invalid TOTP code entered');
const unknownFactor = apiError(404, 'mfa_factor_not_found', 'Factor not found');

const levels = async (client: Client) =>
  (await client.mfa.getAuthenticatorAssuranceLevel()).data ?? { currentLevel: null };

describe('enrolment', () => {
  it('shows secret, URI and QR code, and activates the factor with a code', async () => {
    const client = await signIn(server, await server.createUser());
    expect(await levels(client)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' });
    const { id, type, friendly_name, totp } = await enroll(client);
    expect({ id, type, friendly_name }).toEqual({
      id: expect.stringMatching(UUID),
      type: 'totp',
      friendly_name: 'Phone',
    });
    expect(totp.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(totp.uri).toMatch(/^otpauth:\/\/totp\/[^?]+\?secret=[A-Z2-7]{32}&issuer=/);
    expect(totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg [^#%]*<\/svg>$/);

    const before = await client.mfa.listFactors();
    expect(before.data?.totp).toEqual([]);
    expect(before.data?.all).toMatchObject([{ id, status: 'unverified', factor_type: 'totp' }]);

    const challenge = await client.mfa.challenge({ factorId: id });
    expect(challenge.data).toMatchObject({ id: expect.stringMatching(UUID), type: 'totp' });
    const challengeId = challenge.data?.id ?? '';
    const wrong = await client.mfa.verify({ factorId: id, challengeId, code: '000000' });
    expect(wrong.error).toEqual(wrongCode);
    const old = await sessionOf(client);
    const code = codeAt(totp.secret);
    const verified = await client.mfa.verify({ factorId: id, challengeId, code });
    expect(verified.error).toBeNull();

    const session = await sessionOf(client);
    expect(session.refresh_token).not.toBe(old.refresh_token);
    const claims = decodeJwt(session.access_token);
    expect(claims).toMatchObject({
      aal: 'aal2',
      amr: [
        { method: 'totp', timestamp: expect.any(Number) },
        { method: 'password', timestamp: expect.any(Number) },
      ],
      session_id: decodeJwt(old.access_token)['session_id'],
    });
    expect(await levels(client)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
    const { data } = await client.mfa.listFactors();
    expect(data?.totp).toMatchObject([{ id, status: 'verified', friendly_name: 'Phone' }]);
    expect((await client.refreshSession()).error).toBeNull();
    expect(decodeJwt((await sessionOf(client)).access_token)).toMatchObject({ aal: 'aal2' });
    // Codes are good once.
    const again = await client.mfa.challengeAndVerify({ factorId: id, code });
    expect(again.error).toEqual(wrongCode);
  });

  it('takes no other type, and no more than five', async () => {
    const { client } = await enrolled(server);
    const phone = await client.mfa.enroll({ factorType: 'phone', phone: '+15550100' });
    expect(phone.error).toEqual(apiError(400, 'validation_failed', 'factor_type must be totp'));
    for (let n = 2; n <= 5; n += 1) {
      const { id, totp } = await enroll(client, `Phone ${n}`);
      const proof = { factorId: id, code: codeAt(totp.secret) };
      expect((await client.mfa.challengeAndVerify(proof)).error).toBeNull();
    }
    const sixth = await client.mfa.enroll({ factorType: 'totp' });
    const message = 'Maximum number of verified factors reached, unenroll to continue';
    expect(sixth.error).toEqual(apiError(422, 'too_many_enrolled_mfa_factors', message));
  });

  it('needs a proof of the last five minutes', async () => {
    const client = await signIn(server, await server.createUser());
    await letTimePass(server);
    const late = await client.mfa.enroll({ factorType: 'totp' });
    expect(late.error).toEqual(apiError(403, 'insufficient_aal', 'Prove your identity again'));
  });
});

describe('signing in', () => {
  it('opens a session of aal1 for the factor’s requests, and with a code one of aal2', async () => {
    const { user, factorId, code, next } = await enrolled(server);
    const { client, session } = await signInPending(server, user);
    expect(session.user).toEqual({
      id: expect.stringMatching(UUID),
      email: user.email,
      factors: [expect.objectContaining({ id: factorId, status: 'verified' })],
    });
    expect(session.expires_in).toBe(300);
    expect(decodeProtectedHeader(session.access_token).typ).toBe('step+jwt');
    expect(decodeJwt(session.access_token)).toMatchObject({ aud: 'second-factor', aal: 'aal1' });
    expect(decodeJwt(session.access_token)).not.toHaveProperty('role');
    expect(await levels(client)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' });
    expect((await client.mfa.listFactors()).data?.totp).toMatchObject([{ id: factorId }]);
    expect((await client.getUser()).data.user).toEqual(session.user);

    // The enrolling code is used up.
    const used = await client.mfa.challengeAndVerify({ factorId, code });
    expect(used.error).toEqual(wrongCode);
    const other = await client.mfa.challengeAndVerify({
      factorId: crypto.randomUUID(),
      code: next,
    });
    expect(other.error).toEqual(unknownFactor);
    const verified = await client.mfa.challengeAndVerify({ factorId, code: next });
    expect(verified.error).toBeNull();
    expect(await levels(client)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
    expect((await client.getUser()).data.user).toMatchObject({ role: 'authenticated' });
    expect((await client.refreshSession()).error).toBeNull();
    expect(decodeJwt((await sessionOf(client)).access_token)).toMatchObject({ aal: 'aal2' });
  });

  it('takes a recovery code where the client asks for one', async () => {
    const { user, client } = await enrolled(server);
    const { access_token: token } = await sessionOf(client);
    const made = await post('factors/recovery-codes', {}, token);
    const { recovery_codes } = (await made.json()) as { recovery_codes: string[] };
    const { session } = await signInPending(server, user);
    const sent = { code: recovery_codes[0] };
    const opened = await post('factors/recovery-codes/verify', sent, session.access_token);
    const { access_token } = (await opened.json()) as { access_token: string };
    expect(decodeJwt(access_token)).toMatchObject({ aal: 'aal2' });
  });

  it('opens nothing but the factor’s requests with a session of aal1', async () => {
    const { user } = await enrolled(server);
    const { session } = await signInPending(server, user);
    const token = session.access_token;
    const samples = contractCase('gotrue').inputs(user);
    const others = operationsOf(gotrue).filter(
      (operation) => OPERATIONS[operation].access !== 'public' && !OPEN.has(operation),
    );
    expect(others.length).toBeGreaterThan(12);
    for (const operation of others) {
      const own = operation === 'refresh' ? { refreshToken: token } : samples[operation];
      const sent = { input: own as never, token };
      const { method, path, headers, body } = encodeRequest(gotrue, operation, sent);
      const answer = await fetch(server.origin + path, {
        method,
        headers: { ...headers, ...newAddress() },
        body,
      });
      const code = answer.headers.get('X-Sb-Error-Code');
      const expected = operation === 'refresh' ? 'refresh_token_not_found' : 'bad_jwt';
      expect([operation, code]).toEqual([operation, expected]);
    }
    // Nor does it end or open anything, or enrol a factor beside the one that is owed.
    const more = await post('factors', { factor_type: 'totp' }, token);
    expect(more.headers.get('X-Sb-Error-Code')).toBe('mfa_challenge_expired');
  });

  it('keeps the session of aal1 when the client tries to refresh it', async () => {
    const { user, factorId, next } = await enrolled(server);
    const { client } = await signInPending(server, user);
    const { error } = await client.refreshSession();
    const message = 'Invalid Refresh Token: Refresh Token Not Found';
    expect(error).toEqual(apiError(400, 'refresh_token_not_found', message));
    const verified = await client.mfa.challengeAndVerify({ factorId, code: next });
    expect(verified.error).toBeNull();
  });

  it('ends a session of aal1 with another login, and the client forgets it', async () => {
    const { user, factorId, next } = await enrolled(server);
    const first = await signInPending(server, user);
    const second = await signInPending(server, user);
    const proof = { factorId, code: next };
    expect((await second.client.mfa.challengeAndVerify(proof)).error).toBeNull();
    const late = await first.client.mfa.challengeAndVerify(proof);
    expect(late.error).toEqual(sessionMissing);
    expect((await first.client.getUser()).error).toEqual(sessionMissing);
  });

  it('leads to enrolment and nothing else where a factor is required', async () => {
    const user = await strict.createUser();
    const { client, session } = await signInPending(strict, user);
    expect(session.user).not.toHaveProperty('factors');
    const { id: factorId, totp } = await enroll(client);
    const proof = { factorId, code: codeAt(totp.secret) };
    const verified = await client.mfa.challengeAndVerify(proof);
    expect(verified.error).toBeNull();
    expect(verified.data?.user.factors).toMatchObject([{ id: factorId, status: 'verified' }]);
    expect((await client.getUser()).data.user?.factors).toHaveLength(1);
    expect(await levels(client)).toMatchObject({ currentLevel: 'aal2' });
  });
});

describe('a session of aal2', () => {
  it('proves the factor again, and removes it then', async () => {
    const { user, client, factorId, next } = await enrolled(server);
    await letTimePass(server);
    const late = await client.mfa.unenroll({ factorId });
    expect(late.error).toEqual(apiError(403, 'insufficient_aal', 'Prove your identity again'));
    const proven = await client.mfa.challengeAndVerify({ factorId, code: next });
    expect(proven.error).toBeNull();
    expect((await client.mfa.unenroll({ factorId: crypto.randomUUID() })).error).toEqual(
      unknownFactor,
    );
    expect(await client.mfa.unenroll({ factorId })).toEqual({
      data: { id: factorId },
      error: null,
    });
    expect((await client.mfa.listFactors()).data?.all).toEqual([]);
    const { session } = await signInPending(server, user);
    expect(session.user.role).toBe('authenticated');
  });

  it('counts wrong codes against the account', async () => {
    const { client, factorId, next } = await enrolled(server);
    for (let n = 0; n < 5; n += 1) {
      const wrong = await client.mfa.challengeAndVerify({ factorId, code: '000000' });
      expect(wrong.error).toEqual(wrongCode);
    }
    const locked = await client.mfa.challengeAndVerify({ factorId, code: next });
    expect(locked.error).toMatchObject({ status: 429, code: 'over_request_rate_limit' });
  });
});

const OPEN: ReadonlySet<string> = new Set([
  'profile',
  'enroll-totp',
  'challenge-factor',
  'verify-factor',
]);

const post = (path: string, body: object, token: string) =>
  fetch(`${server.origin}/auth/v1/${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
      ...newAddress(),
    },
    body: JSON.stringify(body),
  });
