/** The traces of second factors: e-mails, audit, log, metrics and rows; and the keys of their secrets. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { mailbox } from '../support/mailbox.ts';
import { eventsOf } from '../support/operator.ts';
import { increasesOf, measured } from '../support/scrape.ts';
import {
  begin,
  enrol,
  enroll,
  fieldOf,
  nextCode,
  signIn,
  stepCases,
  TIME_STEP_MS,
} from '../support/second-factor.ts';
import { client, moveClock, tokensOf, WRONG } from '../support/session.ts';
import { addUser, contractCase, createTestApp, factorIdOf } from '../support/test-app.ts';

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

const NAME = 'email-cookie';
const { status } = contractCase(NAME);
const subjectsOf = (mails: readonly { subject: string }[]) => mails.map(({ subject }) => subject);

it('tells the mailbox of each change, and of each recovery code', async () => {
  const { app, to } = mailbox();
  const own = client(app, NAME);
  const { user, token, ...enrolled } = await enrol(own);
  // Each sign-in comes from an address of its own, and is told of (new-device.test.ts).
  const mails = () => to(user.email).filter(({ subject }) => !subject.includes('sign-in'));
  const subjects = () => subjectsOf(mails());
  expect(subjects()).toEqual(['An authenticator app was added at Gatehouse']);
  await signIn(own, { user, token, ...enrolled });
  expect(subjects()).toHaveLength(1);
  await signIn(own, { user, token, ...enrolled }, enrolled.recoveryCodes[0]);
  expect(subjects()[1]).toBe('A recovery code was used at Gatehouse');
  expect(mails()[1]?.text).toContain('Recovery codes left: 9.');
  await own.ask(
    'reauthenticate',
    { password: null, code: enrolled.recoveryCodes[1] ?? '' },
    { token },
  );
  expect(mails()[2]?.text).toContain('Recovery codes left: 8.');
  await own.ask('new-recovery-codes', null, { token });
  await own.ask('remove-factor', { id: await factorIdOf(user) }, { token });
  expect(subjects().slice(3)).toEqual([
    'New recovery codes at Gatehouse',
    'An authenticator app was removed at Gatehouse',
  ]);
  const all = to(user.email)
    .map(({ text }) => text)
    .join('\n');
  for (const secret of [enrolled.secret, ...enrolled.recoveryCodes]) {
    expect(all).not.toContain(secret);
  }
});

it('records every change and every code in the audit', async () => {
  const own = client(createTestApp(), NAME);
  const enrolled = await enrol(own);
  const { user, token, recoveryCodes } = enrolled;
  const challenge = await begin(own, enrolled);
  await own.ask('second-factor', { challenge, code: WRONG });
  await own.ask('second-factor', { challenge, code: nextCode(enrolled) });
  await signIn(own, enrolled, recoveryCodes[0]);
  await own.ask('reauthenticate', { password: null, code: recoveryCodes[1] ?? '' }, { token });
  await own.ask('reauthenticate', { password: null, code: WRONG }, { token });
  await own.ask('reauthenticate', { password: user.password, code: null }, { token });
  await own.ask('new-recovery-codes', null, { token });
  await own.ask('remove-factor', { id: await factorIdOf(user) }, { token });
  const events = (await eventsOf(user.id))
    .filter(({ action }) => action !== 'NEW_DEVICE_NOTIFIED')
    .map(({ action, reason }) => `${action} ${reason}`);
  expect(events).toEqual([
    'LOGIN granted',
    'FACTOR_ENROLLED done',
    'FACTOR_CONFIRMED done',
    'SECOND_FACTOR_ASKED second-factor-required',
    'SECOND_FACTOR_FAILED wrong-code',
    'LOGIN granted',
    'SECOND_FACTOR_ASKED second-factor-required',
    'LOGIN granted',
    'RECOVERY_CODE_USED login',
    'REAUTHENTICATED recovery-code',
    'RECOVERY_CODE_USED reauthentication',
    'SECOND_FACTOR_FAILED wrong-code',
    'REAUTHENTICATED password',
    'RECOVERY_CODES_REPLACED done',
    'FACTOR_REMOVED done',
  ]);
});

describe.each(stepCases)('$name', ({ name }) => {
  it('keeps codes, secrets and handles out of log, audit and rows', async () => {
    const own = client(createTestApp(), name);
    const user = await addUser();
    const { access: token } = tokensOf(await own.login(user));
    const secret = await enroll(own, token);
    const code = codeAt(secret);
    const confirmed = await own.ask('confirm-totp', { code }, { token });
    const recoveryCodes = fieldOf(confirmed, 'recoveryCodes') as string[];
    const enrolled = { user, token, secret, recoveryCodes };
    const challenge = await begin(own, enrolled);
    const [recovery = ''] = recoveryCodes;
    const wrong = 'not-a-code-of-anyone';
    for (const sent of [wrong, code, nextCode(enrolled)]) {
      await own.ask('second-factor', { challenge, code: sent });
    }
    await own.ask('reauthenticate', { password: null, code: recovery }, { token });
    await own.ask('second-factor', { challenge: `${challenge}x`, code: wrong });

    const lines = captured.take();
    const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events.filter((event) => event === 'second-factor')).toHaveLength(4);
    const tables = ['users', 'sessions', 'factors', 'audit_events'];
    const found = await env.DB.batch(
      tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
    );
    const stored = JSON.stringify(found.map(({ results }) => results));
    const bytes = Buffer.from(bytesOf(secret));
    const secrets = [secret, bytes.toString('base64url'), bytes.toString('hex'), challenge, wrong];
    const codes = recoveryCodes.flatMap((one) => [one, one.replaceAll('-', '')]);
    for (const each of [...secrets, ...codes, user.password]) {
      expect(stored).not.toContain(each);
      expect(lines.join('\n')).not.toContain(each);
    }
    for (const line of lines) {
      expect(Object.values(JSON.parse(line) as object)).not.toContain(code);
      expect(line).not.toContain(user.email);
    }
  });

  it('counts the second half of a login by its reason', async () => {
    const app = createTestApp(measured);
    const own = client(app, name);
    const increase = await increasesOf(app, async () => {
      const enrolled = await enrol(own);
      const challenge = await begin(own, enrolled);
      for (const code of [WRONG, nextCode(enrolled), nextCode(enrolled)]) {
        await own.ask('second-factor', { challenge, code });
      }
    });
    const labels = { contract: name };
    expect([
      increase('auth_login_failure_total', { ...labels, reason: 'second-factor-required' }),
      increase('auth_second_factor_failure_total', { ...labels, reason: 'invalid-factor' }),
      increase('auth_second_factor_failure_total', { ...labels, reason: 'expired-step' }),
      increase('auth_second_factor_success_total', labels),
      increase('auth_second_factor_duration_ms_count', labels),
    ]).toEqual([1, 1, 1, 1, 3]);
  });
});

/** RFC 4648, section 6. */
function bytesOf(base32: string): number[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...base32].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

describe('the keys of secrets', () => {
  const keyOf = (id: string, character: string) => ({ id, key: character.repeat(43) });
  const first = keyOf('first', 'A');
  const second = keyOf('second', 'E');
  const under = (...keys: object[]) =>
    client(createTestApp({ FACTOR_KEYS: JSON.stringify(keys) }), NAME);
  const sealedUnder = async ({ id }: { id: number }) => {
    const found = env.DB.prepare("SELECT secret FROM factors WHERE user_id = ? AND kind = 'totp'");
    return (await found.bind(id).first<string>('secret'))?.split('~')[0];
  };

  it('rotate with the uses of the factors', async () => {
    const enrolled = await enrol(under(first));
    expect(await sealedUnder(enrolled.user)).toBe('first');
    const rotating = under(second, first);
    expect((await signIn(rotating, enrolled)).status).toBe(status.granted);
    expect(await sealedUnder(enrolled.user)).toBe('second');
    moveClock(2 * TIME_STEP_MS);
    expect((await signIn(under(second), enrolled)).status).toBe(status.granted);
  });

  it('leave recovery codes good where one is lost, and count what is guessed meanwhile', async () => {
    const enrolled = await enrol(under(first));
    const lost = under(second);
    captured.take();
    const failed = await signIn(lost, enrolled);
    expect(failed.status).toBe(status.internal);
    const line = captured.take().find((one) => one.includes('"failure"'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      during: 'second-factor',
      known: expect.stringMatching(/^FACTOR_KEYS lacks the key "first" /),
    });
    const [one, other] = enrolled.recoveryCodes;
    expect((await signIn(lost, enrolled, one)).status).toBe(status.granted);
    const challenge = await begin(lost, enrolled);
    for (let n = 0; n < 5; n += 1) {
      await lost.ask('second-factor', { challenge, code: '000000' });
    }
    expect((await lost.login(enrolled.user)).status).toBe(status.locked);
    moveClock(900_000);
    expect((await signIn(lost, enrolled, other)).status).toBe(status.granted);
  });
});
