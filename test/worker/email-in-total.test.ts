/** The limit on e-mail that all senders together can cause, and the moment when its work starts. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { captureConsole } from '../support/captured-console.ts';
import { mailbox } from '../support/mailbox.ts';
import { measured, scrape } from '../support/scrape.ts';
import { client, moveClock, tokensOf, visible } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, createTestApp, freshAddress, newUser } from '../support/test-app.ts';

const NAME = 'email-cookie';

describe('the limit in total', () => {
  /** A key of its own names all limiters anew: the limit is one for every test of this file. */
  const limits = (perHour: number) => ({
    SERVER_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
    EMAIL_LIMITS: { perAddressPerHour: 10, perHour },
  });

  it('sends no e-mail beyond it and answers as always, known and unknown counted alike', async () => {
    const captured = captureConsole();
    const { app, to, calls } = mailbox(limits(3));
    const { ask } = client(app, NAME);
    const { email } = await addUser();
    const first = await ask('forgot-password', byAddress(email));
    for (let n = 0; n < 2; n += 1) await ask('forgot-password', byAddress(newUser().email));
    expect(to(email)).toHaveLength(1);
    calls.length = 0;
    captured.take();
    for (let n = 0; n < 20; n += 1) {
      expect(visible(await ask('forgot-password', byAddress(email)))).toBe(visible(first));
    }
    expect(to(email)).toHaveLength(1);
    // Nothing is issued for an e-mail that is not sent, and this isolate remembers the limiter's answer.
    expect(calls.filter(({ method }) => method === 'run')).toEqual([]);
    expect(calls.filter(({ to }) => to === 'limits')).toHaveLength(2 * 20 + 1);
    // Of 20 in a minute the first, second, fourth, eighth and sixteenth.
    const line = '{"event":"email-limit-reached","setting":"EMAIL_LIMITS.perHour"}';
    const logged = captured.take().filter((line) => line.includes('email-limit-reached'));
    expect(logged).toEqual(Array.from({ length: 5 }, () => line));
    moveClock(3_600_000);
    await ask('forgot-password', byAddress(email));
    expect(to(email)).toHaveLength(2);
  });

  it('holds for parallel requests, each of its own address and for its own mailbox', async () => {
    const { app, to } = mailbox(limits(7));
    const { ask } = client(app, NAME);
    const users = await Promise.all(Array.from({ length: 20 }, () => addUser()));
    await Promise.all(users.map(({ email }) => ask('forgot-password', byAddress(email))));
    expect(users.flatMap(({ email }) => to(email))).toHaveLength(7);
  });

  it('counts what it refuses, and what is refused to an address, for the alert', async () => {
    const app = createTestApp({
      ...measured,
      ...limits(2),
      OPERATOR_TOKEN: Reflect.get(env, 'OPERATOR_TOKEN'),
    });
    const { ask } = client(app, NAME);
    const refused = async () => {
      const { value } = await scrape(app);
      return ['total', 'address'].map((reason) => value('auth_emails_refused_total', { reason }));
    };
    const [total = 0, address = 0] = await refused();
    const from = { address: freshAddress() };
    for (let n = 0; n < 13; n += 1) {
      await ask('forgot-password', byAddress(newUser().email), from);
    }
    expect(await refused()).toEqual([total + 8, address + 3]);
  });
});

describe('the work behind an answer', () => {
  /** The metrics wait for so long, and nothing else does. */
  const METRICS_FLUSH_SECONDS = 25;
  const waits = { EMAIL_DELAY_MS: 2000, METRICS_FLUSH_SECONDS };

  /** Lists the waits that are asked for, and ends them after the calls that do not wait. */
  function listWaits() {
    const events: (number | string)[] = [];
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => {
      if (ms === METRICS_FLUSH_SECONDS * 1000) return;
      events.push(ms);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      events.push('waited');
    });
    return events;
  }

  it.each(['forgot-password', 'send-code'] as const)(
    'of %s begins after a wait of up to two seconds, for known and unknown',
    async (operation) => {
      const events = listWaits();
      for (const { email } of [await addUser({ email_verified: 0 }), newUser()]) {
        events.length = 0;
        const { app } = mailbox(waits, (call, proceed) => {
          events.push(`${call.to} ${call.method}`);
          return proceed();
        });
        await client(app, NAME).ask(operation, byAddress(email));
        const beforeAnswer = events.slice(0, 3).toSorted();
        expect(beforeAnswer).toEqual(['database batch', 'limits consume', 'limits consume']);
        const [ms, ...after] = events.slice(3, 6);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(2000);
        expect(after).toEqual(['waited', 'limits consume']);
      }
    },
  );

  it('waits anew each time, over the whole range', async () => {
    const events = listWaits();
    const { ask } = client(createTestApp(waits), NAME);
    const drawn: number[] = [];
    for (let n = 0; n < 64; n += 1) {
      events.length = 0;
      await ask('forgot-password', byAddress(newUser().email));
      drawn.push(Number(events[0]));
    }
    for (const ms of drawn) expect(ms).toBe(Math.trunc(ms));
    // Each fails by chance once in more than 10^11 runs.
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...drawn)).toBeLessThan(700);
    expect(Math.max(...drawn)).toBeGreaterThan(1300);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(2000);
    expect(new Set(drawn).size).toBeGreaterThan(32);
  });

  it('waits for both e-mails of a change of address', async () => {
    const events = listWaits();
    const user = await addUser();
    const { login, ask } = client(createTestApp(waits), NAME);
    const { access: token } = tokensOf(await login(user));
    events.length = 0;
    const { email } = newUser();
    await ask('change-email', { email, password: user.password }, { token });
    expect(events.filter((event) => typeof event === 'number' && event > 0)).toHaveLength(2);
  });
});
