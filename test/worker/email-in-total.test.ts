/** How much e-mail all senders together can cause, and when the work for it starts. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { valueOf } from '../support/exposition.ts';
import { addUser, freshAddress, createTestApp, type Answer } from '../support/test-app.ts';
import { mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { scrape } from '../support/scrape.ts';
import { client, held } from '../support/session.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const moveClock = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** Stops the clock, so that two runs of one sequence have the same headers. */
const stopClock = () => moveClock(0);

/** Names all objects of the limiter anew: the limit in total is one for every test of this file. */
const ownLimiter = () => ({
  SERVER_KEY: btoa(String.fromCodePoint(...crypto.getRandomValues(new Uint8Array(33))))
    .replaceAll('+', '-')
    .replaceAll('/', '_'),
});

const shown = ({ status, headers, text }: Answer) => {
  const trace = headers.get('X-Request-Id') ?? '';
  const rest = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, rest, text: text.replaceAll(trace, '') };
};

describe('the limit in total', () => {
  const limits = (perHour: number) => ({
    ...ownLimiter(),
    EMAIL_LIMITS: { perAddressPerHour: 10, perHour },
  });

  it('sends no e-mail beyond it and answers as always, known and unknown counted alike', async () => {
    stopClock();
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const { here, to, calls } = mailbox(limits(3));
    const { post } = client(here, 'email-cookie');
    const person = await addUser();
    const first = await post('forgot-password', { email: person.email });
    for (let n = 0; n < 2; n += 1) await post('forgot-password', { email: newUser().email });
    expect(to(person.email)).toHaveLength(1);
    const from = calls.length;
    const answers = [];
    for (let n = 0; n < 20; n += 1) {
      answers.push(await post('forgot-password', { email: person.email }));
    }
    for (const answer of answers) expect(shown(answer)).toEqual(shown(first));
    expect(to(person.email)).toHaveLength(1);
    // Nothing is issued for a letter that is not sent, and from memory the limiter is not asked.
    const written = calls.slice(from).filter(({ method }) => method === 'run');
    expect(written).toEqual([]);
    const asked = calls.slice(from).filter(({ to }) => to === 'limits');
    expect(asked).toHaveLength(2 * 20 + 1);
    const told = () => lines.filter((line) => line.includes('email-limit-reached'));
    // Of 20 in a minute the first, second, fourth, eighth and sixteenth.
    const line = '{"event":"email-limit-reached","setting":"EMAIL_LIMITS.perHour"}';
    expect(told()).toEqual(Array.from({ length: 5 }, () => line));
    moveClock(3600);
    await post('forgot-password', { email: person.email });
    expect(to(person.email)).toHaveLength(2);
  });

  it('is held by requests in parallel, each of its own address and to its own mailbox', async () => {
    const { here, to } = mailbox(limits(7));
    const { post } = client(here, 'email-cookie');
    const people = await Promise.all(Array.from({ length: 20 }, () => addUser()));
    await Promise.all(people.map(({ email }) => post('forgot-password', { email })));
    expect(people.flatMap(({ email }) => to(email))).toHaveLength(7);
  });

  it('counts what it refuses, and what is refused to an address, for the alert', async () => {
    const OPERATOR_TOKEN = Reflect.get(env, 'OPERATOR_TOKEN') as string;
    const here = createTestApp({ ...limits(2), OPERATOR_TOKEN });
    const { post } = client(here, 'email-cookie');
    const refused = async () => {
      const { families } = await scrape(here);
      return ['total', 'address'].map((reason) =>
        valueOf(families, 'auth_emails_refused_total', { reason }),
      );
    };
    const [total, address] = await refused();
    const from = { address: freshAddress() };
    for (let n = 0; n < 13; n += 1) {
      await post('forgot-password', { email: newUser().email }, from);
    }
    expect(await refused()).toEqual([(total ?? 0) + 8, (address ?? 0) + 3]);
  });
});

describe('the work behind an answer', () => {
  /** The metrics wait as well: for so long, and nothing else does. */
  const METRICS_FLUSH_SECONDS = 25;
  const waits = { EMAIL_DELAY_MS: 2000, METRICS_FLUSH_SECONDS };

  /** Waits as they are asked for, and what is called meanwhile. */
  function watchWaits() {
    const happened: (number | string)[] = [];
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => {
      if (ms === METRICS_FLUSH_SECONDS * 1000) return;
      happened.push(ms);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      happened.push('waited');
    });
    return happened;
  }

  it.each(['forgot-password', 'verify-email/send'])(
    'of %s begins after a wait of up to two seconds, for known and unknown',
    async (at) => {
      const happened = watchWaits();
      const person = await addUser({ email_verified: 0 });
      for (const { email } of [person, newUser()]) {
        happened.length = 0;
        const { here } = mailbox(waits, (call, proceed) => {
          happened.push(`${call.to} ${call.method}`);
          return proceed();
        });
        await client(here, 'email-cookie').post(at, { email });
        const [ms, then, next] = happened.slice(3);
        const inFront = happened.slice(0, 3).toSorted();
        expect(inFront).toEqual(['database batch', 'limits consume', 'limits consume']);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(2000);
        expect([then, next]).toEqual(['waited', 'limits consume']);
      }
    },
  );

  it('waits anew each time, over the whole range', async () => {
    const happened = watchWaits();
    const { post } = client(createTestApp(waits), 'email-cookie');
    const drawn: number[] = [];
    for (let n = 0; n < 64; n += 1) {
      happened.length = 0;
      await post('forgot-password', { email: newUser().email });
      const [ms] = happened;
      if (typeof ms === 'number') drawn.push(ms);
    }
    expect(drawn).toHaveLength(64);
    for (const ms of drawn) expect(ms).toBe(Math.trunc(ms));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(2000);
    // Each misses by chance once in more than 10^11 runs.
    expect(Math.min(...drawn)).toBeLessThan(700);
    expect(Math.max(...drawn)).toBeGreaterThan(1300);
    expect(new Set(drawn).size).toBeGreaterThan(32);
  });

  it('waits for both letters of a change of address', async () => {
    const happened = watchWaits();
    const person = await addUser();
    const { login, post } = client(createTestApp(waits), 'email-cookie');
    const { access: token } = held(await login(person));
    happened.length = 0;
    const { email } = newUser();
    await post('change-email', { email, password: person.password }, { token });
    const delays = happened.filter((one) => typeof one === 'number' && one > 0);
    expect(delays).toHaveLength(2);
  });
});
