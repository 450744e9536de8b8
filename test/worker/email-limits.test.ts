/** How much e-mail one sender can cause, and that the limit tells nothing about the recipient. */
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, otherThan } from '../support/mailbox.ts';
import { handleField } from '../support/handles.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import {
  addUser,
  contractCase,
  contractCases,
  createTestApp,
  freshAddress,
  newUser,
} from '../support/test-app.ts';

const HOUR_MS = 3_600_000;
/** More than the minute in which an address has its attempts. */
const nextMinute = () => moveClock(61_000);

describe.each(contractCases)('$name', ({ name, status, named, application }) => {
  const forgot = 'forgot-password';
  const sendCode = 'verify-email/send';

  it('answers ten requests an hour of one address, and refuses the eleventh of whatever kind', async () => {
    const { app, to } = mailbox();
    const { post, login } = client(app, name);
    const from = { address: freshAddress() };
    const user = await addUser();
    for (let n = 0; n < 4; n += 1) {
      expect((await post('register', application(newUser()), from)).status).toBe(202);
      expect((await post(sendCode, named(newUser()), from)).status).toBe(202);
    }
    expect((await post(forgot, named(newUser()), from)).status).toBe(202);
    const { access: token } = tokensOf(await login(user));
    const move = { email: newUser().email, password: user.password };
    expect((await post('change-email', move, { ...from, token })).status).toBe(202);

    const sent = to(user.email).length;
    // Another isolate remembers nothing, and asks the limiter.
    for (const again of [post, client(createTestApp(), name).post]) {
      for (const [operation, body] of [
        [forgot, named(user)],
        [sendCode, named(user)],
        ['register', application(newUser())],
        ['change-email', move],
      ] as const) {
        nextMinute();
        const { status, headers } = await again(operation, body, { ...from, token });
        expect(status, operation).toBe(429);
        expect(headers.get('RateLimit-Policy')).toBe('"address";q=10;w=3600');
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(2_000);
      }
    }
    expect(to(user.email)).toHaveLength(sent);
    moveClock(HOUR_MS);
    expect((await post(forgot, named(user), from)).status).toBe(202);
    expect(to(user.email)).toHaveLength(sent + 1);
  });

  it('does not let a refused sender use up the registrations of an address', async () => {
    const { app, to } = mailbox();
    const { post } = client(app, name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) await post(forgot, named(newUser()), from);
    nextMinute();
    const { email } = newUser();
    const another = () => application({ ...newUser(), email });
    for (let n = 0; n < 5; n += 1) {
      // Another isolate each time: none of them remembers the refusal.
      const elsewhere = client(createTestApp(), name);
      expect((await elsewhere.post('register', another(), from)).status).toBe(429);
    }
    expect((await post('register', another())).status).toBe(202);
    expect(to(email)).toHaveLength(1);
  });

  it('takes one /64 for one sender', async () => {
    const { post } = client(createTestApp(), name);
    const network = `2001:db8:${contractCases.findIndex((one) => one.name === name)}:7`;
    const from = async (address: string) =>
      (await post(forgot, named(newUser()), { address })).status;
    for (let n = 1; n <= 10; n += 1) expect(await from(`${network}::${n}`)).toBe(202);
    expect(await from(`${network}:ffff::1`)).toBe(429);
  });

  it('does not count a registration whose password is refused', async () => {
    const { post } = client(createTestApp(), name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) {
      nextMinute();
      const body = { ...application(newUser()), password: 'password123' };
      expect((await post('register', body, from)).status).toBe(status.malformed);
    }
    expect((await post(forgot, named(newUser()), from)).status).toBe(202);
  });
});

it.each(['username-coded', 'email-cookie'])(
  'judges fifteen tries at each of the ten codes that one address can have sent in an hour: %s',
  async (name) => {
    const { status, named, application, isByUsername } = contractCase(name);
    const { app, to } = mailbox();
    const { post } = client(app, name);
    const byEmail = client(app, 'email-cookie');
    const from = { address: freshAddress() };
    const seen = { sent: 0, refused: 0, judged: 0, opened: 0 };
    for (let minute = 0; minute < 60; minute += 4, moveClock(240_000)) {
      const user = newUser();
      const { email, password } = user;
      const registered = await post('register', application(user), from);
      if (registered.status === 429) {
        seen.refused += 1;
        continue;
      }
      seen.sent += 1;
      const code = codeIn(to(email));
      // At each of the names, and with the handle; then the right code, where no try is left.
      const ways: [typeof post, object][] = [
        [post, named(user)],
        [post, { ...named(user), registration: handleField(registered) }],
        ...(isByUsername ? [[byEmail.post, { email }] as [typeof post, object]] : []),
      ];
      for (const [way, identifier] of ways) {
        for (const tried of [...Array<string>(5).fill(otherThan(code)), code]) {
          const answer = await way('verify-email', { ...identifier, password, code: tried });
          if (answer.status === 400) seen.judged += 1;
          if (answer.status === status.done) seen.opened += 1;
        }
      }
    }
    const judged = 10 * (isByUsername ? 15 : 10);
    expect(seen).toEqual({ sent: 10, refused: 5, judged, opened: 0 });
  },
);
