/** A login that waits for its second factor counts as one failed attempt, until its code is right. */
import { describe, expect, it } from 'vitest';
import { begin, enrol, nextCode, stepCases, type Enrolled } from '../support/second-factor.ts';
import { client, deviceOf, moveClock, visible, withDevice, WRONG } from '../support/session.ts';
import { contractCase, createTestApp, newUser, type TestUser } from '../support/test-app.ts';

const STEP_MS = 300_000;
const app = createTestApp();

describe.each(stepCases)('$name', ({ name, status }) => {
  const own = client(app, name);
  const complete = (challenge: string, code: string) =>
    own.ask('second-factor', { challenge, code });

  it('signs in after four typos, and forgets them then', async () => {
    const enrolled = await enrol(own);
    for (const recovery of enrolled.recoveryCodes.slice(0, 2)) {
      await own.fail(enrolled.user, 4);
      const challenge = await begin(own, enrolled);
      expect((await complete(challenge, recovery)).status).toBe(status.granted);
    }
  });

  it('counts a wrong code like a wrong password, and forgets nothing for the right one before it', async () => {
    const enrolled = await enrol(own);
    await own.fail(enrolled.user, 4);
    const challenge = await begin(own, enrolled);
    expect((await complete(challenge, WRONG)).status).toBe(status['invalid-factor']);
    expect((await own.login(enrolled.user)).status).toBe(status.locked);
    expect((await complete(challenge, nextCode(enrolled))).status).toBe(status.locked);
  });

  it('ends a step at the fifth wrong code, and locks', async () => {
    const enrolled = await enrol(own);
    const challenge = await begin(own, enrolled);
    for (let n = 0; n < 5; n += 1) {
      expect((await complete(challenge, `wrong ${n}`)).status).toBe(status['invalid-factor']);
    }
    expect((await complete(challenge, nextCode(enrolled))).status).toBe(status.locked);
    expect((await own.login(enrolled.user)).status).toBe(status.locked);
  });

  it('counts a step that is never completed as one failure, after five minutes', async () => {
    const enrolled = await enrol(own);
    await own.fail(enrolled.user, 3);
    const challenge = await begin(own, enrolled);
    moveClock(STEP_MS);
    const late = await complete(challenge, nextCode(enrolled));
    expect(late.status).toBe(status['expired-step']);
    // Three failures and the step leave one.
    await own.fail(enrolled.user, 1);
    expect((await own.login(enrolled.user)).status).toBe(status.locked);
  });

  it('keeps no stranger’s attempts from the step', async () => {
    const enrolled = await enrol(own);
    const challenge = await begin(own, enrolled);
    await own.fail(enrolled.user, 4);
    expect((await own.login(enrolled.user)).status).toBe(status.locked);
    expect((await complete(challenge, nextCode(enrolled))).status).toBe(status.granted);
    expect((await own.login(enrolled.user)).status).toBe(status['second-factor-required']);
  });

  it('shows a stranger the same bytes for a step that waits and for one failed guess', async () => {
    const wrong = (user: TestUser) => ({ ...user, password: WRONG });
    const seen = async (before: (enrolled: Enrolled) => Promise<unknown>) => {
      const enrolled = await enrol(own);
      await before(enrolled);
      const answers: string[] = [];
      for (const passed of [0, 0, 60_000, 0, 1000, 0, STEP_MS, 600_000, 0]) {
        moveClock(passed);
        answers.push(visible(await own.login(wrong(enrolled.user))));
      }
      return answers;
    };
    const start = Date.now();
    const ofStep = await seen((enrolled) => begin(own, enrolled));
    moveClock(start - Date.now());
    const ofFailure = await seen(({ user }) => own.fail(user, 1));
    expect(ofStep).toEqual(ofFailure);
  });
});

describe('at a known device', () => {
  const { name, status } = contractCase('email-cookie');
  const own = client(app, name);

  it('counts apart from the name, and asks for the factor all the same', async () => {
    const enrolled = await enrol(own);
    const [first = '', second = ''] = enrolled.recoveryCodes;
    const signedIn = await own.ask('second-factor', {
      challenge: await begin(own, enrolled),
      code: first,
    });
    const sending = withDevice(deviceOf(signedIn));
    await own.fail(enrolled.user);
    expect((await own.login(enrolled.user)).status).toBe(status.locked);
    const challenge = await begin(own, enrolled, sending);
    for (let n = 0; n < 4; n += 1) {
      const input = { challenge, code: `wrong ${n}` };
      expect((await own.ask('second-factor', input)).status).toBe(status['invalid-factor']);
    }
    // The address of the second request does not matter: the step has the lockout of its password.
    const completed = await own.ask('second-factor', { challenge, code: second });
    expect(completed.status).toBe(status.granted);
  });
});

it('answers a forged handle like a step that is over, whatever account there may be', async () => {
  const own = client(app, 'email-cookie');
  const enrolled = await enrol(own);
  const challenge = await begin(own, enrolled);
  await own.ask('second-factor', { challenge, code: nextCode(enrolled) });
  const forged = challenge.replace(/^.{4}/, 'AAAA');
  const answers = [];
  for (const handle of [challenge, forged, 'x', newUser().email, `${challenge}A`]) {
    answers.push(visible(await own.ask('second-factor', { challenge: handle, code: '123456' })));
  }
  expect(new Set(answers).size).toBe(1);
});

it('has handles of one length that say nothing of the account', async () => {
  const lengths = new Set<number>();
  for (const columns of [{}, { username: null, username_key: null }]) {
    const own = client(app, 'email-cookie');
    const enrolled = await enrol(own, columns);
    const challenge = await begin(own, enrolled);
    lengths.add(challenge.length);
    expect(challenge).toMatch(/^[\w-]+$/);
    const text = Buffer.from(challenge, 'base64url').toString('latin1');
    for (const known of [enrolled.user.email, 'email-cookie', '"userId"']) {
      expect(text).not.toContain(known);
    }
  }
  expect(lengths.size).toBe(1);
});
