/** How much e-mail one sender can cause, and that the limit tells nothing about the recipient. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  addUser,
  contractCases,
  freshAddress,
  createTestApp,
  type Answer,
  type TestUser,
} from '../support/test-app.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const moveClock = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** Stops the clock, so that two runs of one sequence have the same headers. */
const stopClock = () => moveClock(0);

const shown = ({ status, headers, text }: Answer) => {
  const trace = headers.get('X-Request-Id') ?? '';
  const rest = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, rest, text: text.replaceAll(trace, '') };
};

/** A mailbox, and the calls that each answer waited for. */
function watchedMailbox() {
  const inFront: string[][] = [[]];
  let answered = false;
  const box = mailbox(
    {},
    (call, proceed) => {
      if (!answered) inFront.at(-1)?.push(`${call.to} ${call.method}`);
      return proceed();
    },
    () => {
      inFront.at(-1)?.sort();
      answered = true;
    },
  );
  const here: typeof box.here = {
    ...box.here,
    post: (...sent) => {
      if (answered) inFront.push([]);
      answered = false;
      return box.here.post(...sent);
    },
  };
  return { ...box, here, inFront };
}

const contracts = contractCases.map(({ name }) => name);

describe.each(contractCases)('$name', ({ name, contract }) => {
  const isNamed = contract.identifier === 'username';
  const named = ({ username, email }: TestUser) => (isNamed ? { username } : { email });
  const application = (person: TestUser, email: string) => ({
    ...named({ ...person, email }),
    email,
    password: person.password,
  });

  it('answers ten requests an hour of one address, and refuses the eleventh of whatever kind', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const from = { address: freshAddress() };
    const person = await addUser();
    for (let n = 0; n < 4; n += 1) {
      const { email } = newUser();
      expect((await post('register', application(newUser(), email), from)).status).toBe(202);
      expect((await post('verify-email/send', named(newUser()), from)).status).toBe(202);
    }
    expect((await post('forgot-password', named(newUser()), from)).status).toBe(202);
    const { access: token } = held(await client(here, name).login(person));
    const move = { email: newUser().email, password: person.password };
    expect((await post('change-email', move, { ...from, token })).status).toBe(202);

    const letters = to(person.email).length;
    // Another isolate remembers nothing, and asks the limiter.
    for (const again of [post, client(createTestApp(), name).post]) {
      for (const [at, body] of [
        ['forgot-password', named(person)],
        ['verify-email/send', named(person)],
        ['register', application(newUser(), newUser().email)],
        ['change-email', move],
      ] as const) {
        moveClock(61);
        const { status, headers } = await again(at, body, { ...from, token });
        expect([at, status]).toEqual([at, 429]);
        expect(headers.get('RateLimit-Policy')).toBe('"address";q=10;w=3600');
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(2_000);
      }
    }
    expect(to(person.email)).toHaveLength(letters);
    moveClock(3600);
    expect((await post('forgot-password', named(person), from)).status).toBe(202);
    expect(to(person.email)).toHaveLength(letters + 1);
  });

  it('does not let a refused sender use up the registrations of an address', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) await post('forgot-password', named(newUser()), from);
    moveClock(61);
    const { email } = newUser();
    for (let n = 0; n < 5; n += 1) {
      // Another isolate each time: none of them remembers the refusal.
      const elsewhere = client(createTestApp(), name);
      const answer = await elsewhere.post('register', application(newUser(), email), from);
      expect(answer.status).toBe(429);
    }
    expect((await post('register', application(newUser(), email))).status).toBe(202);
    expect(to(email)).toHaveLength(1);
  });

  it('counts known and unknown addresses alike, so that the limit tells nothing', async () => {
    stopClock();
    const known = await addUser({ email_verified: 0 });
    const runs = [];
    for (const person of [known, newUser()]) {
      const { here, inFront } = watchedMailbox();
      const { post } = client(here, name);
      const from = { address: freshAddress() };
      const answers = [];
      // Nine about them and one about the sender's own mailbox, then one more of each.
      for (let n = 0; n < 9; n += 1) {
        const at = n % 2 === 0 ? 'forgot-password' : 'verify-email/send';
        answers.push(shown(await post(at, named(person), from)));
      }
      const own = await addUser({ email_verified: 0 });
      answers.push(shown(await post('verify-email/send', named(own), from)));
      answers.push(shown(await post('verify-email/send', named(own), from)));
      answers.push(shown(await post('forgot-password', named(person), from)));
      runs.push({ answers, inFront });
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.answers.map(({ status }) => status)).toEqual([
      ...Array<number>(10).fill(202),
      429,
      429,
    ]);
  });

  it('takes one /64 for one sender', async () => {
    const { post } = client(createTestApp(), name);
    for (let n = 1; n <= 10; n += 1) {
      const address = `2001:db8:${contracts.indexOf(name)}:7::${n}`;
      expect((await post('forgot-password', named(newUser()), { address })).status).toBe(202);
    }
    const address = `2001:db8:${contracts.indexOf(name)}:7:ffff::1`;
    expect((await post('forgot-password', named(newUser()), { address })).status).toBe(429);
  });

  it('does not count a registration whose password is refused', async () => {
    const { post } = client(createTestApp(), name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) {
      moveClock(61);
      const body = { ...application(newUser(), newUser().email), password: 'password123' };
      expect([400, 422]).toContain((await post('register', body, from)).status);
    }
    expect((await post('forgot-password', named(newUser()), from)).status).toBe(202);
  });

  it('judges fifteen tries at each of the ten codes that one address can have sent in an hour', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const byEmail = client(here, 'email-cookie');
    const from = { address: freshAddress() };
    const seen = { sent: 0, refused: 0, judged: 0, opened: 0 };
    for (let minute = 0; minute < 60; minute += 4) {
      const victim = newUser();
      const { email, password } = victim;
      const asked = await post('register', application(victim, email), from);
      if (asked.status === 429) seen.refused += 1;
      else {
        seen.sent += 1;
        const code = codeIn(to(email));
        const wrong = code === '000000' ? '000001' : '000000';
        const [registration] = /[\w-]{22}~\d{10}(?:~[\w-]{43})+/.exec(asked.text) ?? [];
        // At each of the names, and with the handle; then the right code, where no try is left.
        const ways: [typeof post, object][] = [
          [post, named(victim)],
          [post, { ...named(victim), registration }],
          ...(isNamed ? [[byEmail.post, { email }] as [typeof post, object]] : []),
        ];
        for (const [way, who] of ways) {
          for (const tried of [...Array<string>(5).fill(wrong), code]) {
            const { status } = await way('verify-email', { ...who, password, code: tried });
            if (status === 400) seen.judged += 1;
            if (status === contract.responses.done.render().status) seen.opened += 1;
          }
        }
      }
      moveClock(240);
    }
    const judged = 10 * (isNamed ? 15 : 10);
    expect(seen).toEqual({ sent: 10, refused: 5, judged, opened: 0 });
  });
});
