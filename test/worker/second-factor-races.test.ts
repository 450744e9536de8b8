/** Parallel submissions of codes: one right code opens one session, and wrong ones reach five verdicts. */
import { describe, expect, it } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { begin, enrol, enroll, fieldOf, nextCode } from '../support/second-factor.ts';
import { client, deviceOf, moveClock, tokensOf, withDevice, WRONG } from '../support/session.ts';
import { addUser, count, createTestApp, type Answer } from '../support/test-app.ts';

const MANY = 50;
const app = createTestApp();
const own = client(app, 'email-remember');
const other = client(app, 'username-coded');
const { status } = own;
const from = <T>(length: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length }, (_, n) => work(n)));
const tally = (answers: readonly Answer[]) => {
  const counts: Record<number, number> = {};
  for (const answer of answers) counts[answer.status] = (counts[answer.status] ?? 0) + 1;
  return counts;
};

describe('one right code, submitted many times at once, opens one session', () => {
  const sessionsBefore = 1;

  it.each(['totp', 'recovery code'])('in one step: %s', async (kind) => {
    const enrolled = await enrol(own);
    const challenge = await begin(own, enrolled);
    const code = kind === 'totp' ? nextCode(enrolled) : String(enrolled.recoveryCodes[0]);
    const answers = await from(MANY, () => own.ask('second-factor', { challenge, code }));
    expect(tally(answers)[status.granted]).toBe(1);
    expect(await count('sessions', enrolled.user.id)).toBe(sessionsBefore + 1);
  });

  it.each(['totp', 'recovery code'])('in several steps: %s', async (kind) => {
    const enrolled = await enrol(own);
    const steps = await from(4, () => begin(own, enrolled));
    const code = kind === 'totp' ? nextCode(enrolled) : String(enrolled.recoveryCodes[0]);
    const answers = await from(MANY, (n) =>
      own.ask('second-factor', { challenge: String(steps[n % steps.length]), code }),
    );
    expect(tally(answers)[status.granted]).toBe(1);
    expect(await count('sessions', enrolled.user.id)).toBe(sessionsBefore + 1);
  });

  it('in steps of two contracts, whose lockouts are apart', async () => {
    const enrolled = await enrol(own);
    const [challenge, others] = [await begin(own, enrolled), await begin(other, enrolled)];
    const code = nextCode(enrolled);
    const answers = await from(MANY, (n) =>
      n % 2 === 0
        ? own.ask('second-factor', { challenge, code })
        : other.ask('second-factor', { challenge: others, code }),
    );
    expect(tally(answers)[status.granted]).toBe(1);
    expect(await count('sessions', enrolled.user.id)).toBe(sessionsBefore + 1);
  });

  it('in a step that is also tried with a recovery code: the step is good once', async () => {
    const enrolled = await enrol(own);
    const challenge = await begin(own, enrolled);
    const codes = [nextCode(enrolled), ...enrolled.recoveryCodes];
    const answers = await from(MANY, (n) =>
      own.ask('second-factor', { challenge, code: String(codes[n % codes.length]) }),
    );
    expect(tally(answers)[status.granted]).toBe(1);
    expect(await count('sessions', enrolled.user.id)).toBe(sessionsBefore + 1);
  });

  it('beside reauthentications with it: it proves one thing, once', async () => {
    const enrolled = await enrol(own);
    const challenge = await begin(own, enrolled);
    const code = nextCode(enrolled);
    const proof = { password: null, code };
    // Of these, the wrong ones are counted, and lock after five.
    const answers = await from(6, (n) =>
      n % 2 === 0
        ? own.ask('second-factor', { challenge, code })
        : own.ask('reauthenticate', proof, { token: enrolled.token }),
    );
    const good = answers.filter((answer) => answer.status < 300);
    expect(good).toHaveLength(1);
  });
});

it('confirms a factor once, and stores one set of recovery codes', async () => {
  const user = await addUser();
  const { access: token } = tokensOf(await own.login(user));
  const secret = await enroll(own, token);
  const code = codeAt(secret);
  const answers = await from(MANY, () => own.ask('confirm-totp', { code }, { token }));
  const granted = answers.filter((answer) => answer.status === status.granted);
  expect(granted).toHaveLength(1);
  const [confirmed] = granted;
  const codes = confirmed === undefined ? [] : (fieldOf(confirmed, 'recoveryCodes') as string[]);
  moveClock(300_000);
  const proof = { password: null, code: String(codes[9]) };
  expect((await own.ask('reauthenticate', proof, { token })).status).toBe(status.done);
});

describe('many wrong codes at once', () => {
  const WRONG_CODE = 'Wrong code';
  const isVerdict = ({ text }: Answer) => text.includes(WRONG_CODE) || text.includes('or password');

  const places = ['at the name', 'on a known device'];
  const enrolledAt = async (at: string) => {
    const enrolled = await enrol(own);
    const code = String(enrolled.recoveryCodes[0]);
    const first = await own.ask('second-factor', { challenge: await begin(own, enrolled), code });
    return { enrolled, sending: at === 'at the name' ? {} : withDevice(deviceOf(first)) };
  };

  it.each(places)('reach five verdicts in one step %s', async (at) => {
    const { enrolled, sending } = await enrolledAt(at);
    const challenge = await begin(own, enrolled, sending);
    const answers = await from(200, (n) =>
      own.ask('second-factor', { challenge, code: `wrong ${n}` }, sending),
    );
    const verdicts = answers.filter(isVerdict).length;
    expect(verdicts).toBeGreaterThan(0);
    expect(verdicts).toBeLessThanOrEqual(5);
    expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
    // The name is locked by then, or the step used up, and the right code comes too late.
    while ((await own.ask('second-factor', { challenge, code: WRONG }, sending)).status === 401);
    const late = await own.ask('second-factor', { challenge, code: nextCode(enrolled) }, sending);
    expect(late.status).toBe(status.locked);
  });

  it.each(places)('and wrong passwords reach five verdicts together, %s', async (at) => {
    const { enrolled, sending } = await enrolledAt(at);
    const steps = await from(3, () => begin(own, enrolled, sending));
    const wrong = { ...enrolled.user, password: WRONG };
    const answers = await from(200, (n) =>
      n % 2 === 0
        ? own.login(wrong, sending)
        : own.ask('second-factor', { challenge: String(steps[n % 3]), code: `wrong ${n}` }),
    );
    const verdicts = answers.filter(isVerdict).length;
    expect(verdicts).toBeGreaterThan(0);
    expect(verdicts).toBeLessThanOrEqual(5);
    expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
  });

  it('in a session reach five verdicts, and so do passwords beside them', async () => {
    const { token } = await enrol(own);
    const answers = await from(200, (n) =>
      own.ask(
        'reauthenticate',
        n % 2 === 0
          ? { password: `${WRONG} ${n}`, code: null }
          : { password: null, code: `no ${n}` },
        { token },
      ),
    );
    expect(answers.filter(isVerdict)).toHaveLength(5);
  });
});
