/** The codes that complete a login: by the clock, by the account, by their writing; and each once. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import {
  begin,
  enrol,
  enroll,
  fieldOf,
  signIn,
  TIME_STEP_MS,
  type Enrolled,
} from '../support/second-factor.ts';
import { client, moveClock } from '../support/session.ts';
import { createTestApp, hashOf } from '../support/test-app.ts';

const app = createTestApp();
const own = client(app, 'email-cookie');
const { status } = own;

/** Sets the clock to the first millisecond of a time step, five minutes after the enrolment. */
async function enrolledBefore(): Promise<Enrolled & { startMs: number }> {
  const enrolled = await enrol(own);
  const startMs = Math.ceil(Date.now() / TIME_STEP_MS + 10) * TIME_STEP_MS;
  vi.setSystemTime(startMs);
  return { ...enrolled, startMs };
}
const statusAt = async (enrolled: Enrolled, atMs: number, code: string) => {
  vi.setSystemTime(atMs);
  return (await signIn(own, enrolled, code)).status;
};

describe('the code of a time step is', () => {
  it.each([
    ['wrong', 'in the last millisecond of the step before last', -TIME_STEP_MS - 1],
    ['right', 'in the first millisecond of the step before', -TIME_STEP_MS],
    ['right', 'in the last millisecond of the step before', -1],
    ['right', 'in the first millisecond of its step', 0],
    ['right', 'in the last millisecond of its step', TIME_STEP_MS - 1],
    ['right', 'in the first millisecond of the step after', TIME_STEP_MS],
    ['right', 'in the last millisecond of the step after', 2 * TIME_STEP_MS - 1],
    ['wrong', 'in the first millisecond of the second step after', 2 * TIME_STEP_MS],
  ])('%s %s', async (verdict, _, afterMs) => {
    const { startMs, ...enrolled } = await enrolledBefore();
    const code = codeAt(enrolled.secret, startMs);
    expect(await statusAt(enrolled, startMs + afterMs, code)).toBe(
      verdict === 'right' ? status.granted : status['invalid-factor'],
    );
  });
});

describe('a code is good once', () => {
  it('and no code of a step before it is good any more', async () => {
    const { startMs, ...enrolled } = await enrolledBefore();
    const [before, code, after] = [-1, 0, 1].map((steps) =>
      codeAt(enrolled.secret, startMs + steps * TIME_STEP_MS),
    ) as [string, string, string];
    expect(await statusAt(enrolled, startMs, code)).toBe(status.granted);
    expect(await statusAt(enrolled, startMs + 1, code)).toBe(status['invalid-factor']);
    expect(await statusAt(enrolled, startMs + 2, before)).toBe(status['invalid-factor']);
    expect(await statusAt(enrolled, startMs + 3, after)).toBe(status.granted);
  });

  it('even where the clock is moved back to before its use', async () => {
    const { startMs, ...enrolled } = await enrolledBefore();
    const code = codeAt(enrolled.secret, startMs);
    expect(await statusAt(enrolled, startMs, code)).toBe(status.granted);
    // A step from before the last login is over, whatever the code.
    const early = codeAt(enrolled.secret, startMs - TIME_STEP_MS);
    expect(await statusAt(enrolled, startMs - 10_000, early)).toBe(status['expired-step']);
    const proof = { password: null, code: early };
    const { status: proven } = await own.ask('reauthenticate', proof, { token: enrolled.token });
    expect(proven).toBe(status['invalid-factor']);
    expect(await statusAt(enrolled, startMs, code)).toBe(status['invalid-factor']);
  });

  it('whether it signed in, enrolled, or proved an identity', async () => {
    const enrolled = await enrol(own);
    const { token, secret } = enrolled;
    const enrolling = codeAt(secret);
    expect((await signIn(own, enrolled, enrolling)).status).toBe(status['invalid-factor']);
    moveClock(TIME_STEP_MS);
    const proving = codeAt(secret);
    const proof = { password: null, code: proving };
    expect((await own.ask('reauthenticate', proof, { token })).status).toBe(status.done);
    expect((await signIn(own, enrolled, proving)).status).toBe(status['invalid-factor']);
    const again = await own.ask('reauthenticate', proof, { token });
    expect(again.status).toBe(status['invalid-factor']);
  });

  it('where it is a recovery code', async () => {
    const enrolled = await enrol(own);
    const [code = '', other = ''] = enrolled.recoveryCodes;
    expect((await signIn(own, enrolled, code)).status).toBe(status.granted);
    expect((await signIn(own, enrolled, code)).status).toBe(status['invalid-factor']);
    expect((await signIn(own, enrolled, other)).status).toBe(status.granted);
  });
});

describe('a code is taken', () => {
  it.each<[string, (code: string) => string]>([
    ['with a space in it', (code) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['with spaces around it', (code) => `  ${code}\n`],
    ['in Arabic-Indic digits', (code) => inDigitsFrom(0x660, code)],
    ['in full-width digits', (code) => inDigitsFrom(0xff10, code)],
  ])('%s', async (_, written) => {
    const { startMs, ...enrolled } = await enrolledBefore();
    const code = written(codeAt(enrolled.secret, startMs));
    expect(await statusAt(enrolled, startMs, code)).toBe(status.granted);
  });

  it.each<[string, (code: string) => string]>([
    ['without its last digit', (code) => code.slice(0, -1)],
    ['with a digit before it', (code) => `0${code}`],
    ['as a number in another base', (code) => `0x${Number(code).toString(16)}`],
    ['with a letter for a digit', (code) => `${code.slice(0, 5)}O`],
  ])('not %s', async (_, written) => {
    const { startMs, ...enrolled } = await enrolledBefore();
    const code = written(codeAt(enrolled.secret, startMs));
    expect(await statusAt(enrolled, startMs, code)).toBe(status['invalid-factor']);
  });

  it('not from another user, nor from a factor that is not confirmed', async () => {
    const [one, other] = [await enrol(own), await enrol(own)];
    const pending = await enroll(own, one.token);
    moveClock(TIME_STEP_MS);
    const codes = [codeAt(other.secret), String(other.recoveryCodes[0]), codeAt(pending)];
    for (const code of codes) {
      expect((await signIn(own, one, code)).status).toBe(status['invalid-factor']);
    }
  });
});

it('makes no more recovery codes with a second app, and takes the codes of both', async () => {
  const enrolled = await enrol(own);
  const { token } = enrolled;
  const second = await enroll(own, token);
  const confirmed = await own.ask('confirm-totp', { code: codeAt(second) }, { token });
  expect(fieldOf(confirmed, 'recoveryCodes')).toEqual([]);
  moveClock(TIME_STEP_MS);
  for (const code of [codeAt(second), codeAt(enrolled.secret), enrolled.recoveryCodes[9]]) {
    expect((await signIn(own, enrolled, code)).status).toBe(status.granted);
  }
});

const inDigitsFrom = (zero: number, code: string) =>
  [...code].map((digit) => String.fromCharCode(zero + Number(digit))).join('');

it('renews the hash of a password at a login that owes a step', async () => {
  const weak = await hashOf('the password', { iterations: 50, rounds: 6 });
  const stored = async (userId: number) =>
    env.DB.prepare('SELECT password_hash, credential_version FROM users WHERE id = ?')
      .bind(userId)
      .first<{ password_hash: string; credential_version: number }>();
  const enrolled = await enrol(own);
  const { id } = enrolled.user;
  await env.DB.prepare('UPDATE users SET password_hash = ? WHERE id = ?').bind(weak, id).run();
  const before = await stored(id);
  const user = { ...enrolled.user, password: 'the password' };
  const challenge = await begin(own, { user });
  const after = await stored(id);
  expect(after?.password_hash).not.toBe(weak);
  expect(after?.credential_version).toBe(before?.credential_version);
  // The step outlives the renewal, and so does the password.
  const code = codeAt(enrolled.secret, Date.now() + TIME_STEP_MS);
  expect((await own.ask('second-factor', { challenge, code })).status).toBe(status.granted);
  expect((await own.login(user)).status).toBe(status['second-factor-required']);
});

it('ends a step with the credentials that it was asked for with, and leaves the code good', async () => {
  const enrolled = await enrol(own);
  const challenge = await begin(own, enrolled);
  await env.DB.prepare('UPDATE users SET credential_version = credential_version + 1 WHERE id = ?')
    .bind(enrolled.user.id)
    .run();
  const code = codeAt(enrolled.secret, Date.now() + TIME_STEP_MS);
  const { status: refused } = await own.ask('second-factor', { challenge, code });
  expect(refused).toBe(status['expired-step']);
  expect((await own.login(enrolled.user)).status).toBe(status['second-factor-required']);
  // The code was not used up by the step that was over.
  expect((await signIn(own, enrolled, code)).status).toBe(status.granted);
});
