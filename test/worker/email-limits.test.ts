/** The limit on e-mail that one sender can cause; it tells nothing about the recipient. */
import { describe, expect, it } from 'vitest';
import type { InputOf } from '../../src/flows/operations.ts';
import { byAddress } from '../support/contract-cases.ts';
import { codeIn, mailbox, otherThan } from '../support/mailbox.ts';
import { handleField } from '../support/handles.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import {
  addUser,
  contractCase,
  createTestApp,
  freshAddress,
  newUser,
  oneOfEachKind,
} from '../support/test-app.ts';

const HOUR_MS = 3_600_000;
/** More than the minute in which an address has its attempts. */
const nextMinute = () => moveClock(61_000);

// Senders are the core's; contracts differ in the names that they take.
describe.each(oneOfEachKind)('$name', ({ name, status, statusAt, named, application }) => {
  const forgot = 'forgot-password';
  const sendCode = 'send-code';

  it('answers ten requests an hour of one address, and refuses the eleventh of whatever kind', async () => {
    const { app, to } = mailbox();
    const { ask, login } = client(app, name);
    const from = { address: freshAddress() };
    const user = await addUser();
    for (let n = 0; n < 4; n += 1) {
      expect((await ask('register', application(newUser()), from)).status).toBe(status.registered);
      expect((await ask(sendCode, named(newUser()), from)).status).toBe(status.accepted);
    }
    expect((await ask(forgot, named(newUser()), from)).status).toBe(statusAt(forgot).accepted);
    const { access: token } = tokensOf(await login(user));
    const move = { email: newUser().email, password: user.password };
    expect((await ask('change-email', move, { ...from, token })).status).toBe(status.accepted);

    const sent = to(user.email).length;
    // Another isolate remembers nothing, and asks the limiter.
    for (const again of [ask, client(createTestApp(), name).ask]) {
      for (const [operation, body] of [
        [forgot, named(user)],
        [sendCode, named(user)],
        ['register', application(newUser())],
        ['change-email', move],
      ] as const) {
        nextMinute();
        const { headers, ...answer } = await again(operation, body as never, { ...from, token });
        expect(answer.status, operation).toBe(status.limited);
        expect(headers.get('RateLimit-Policy')).toBe('"address";q=10;w=3600');
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(2_000);
      }
    }
    expect(to(user.email)).toHaveLength(sent);
    moveClock(HOUR_MS);
    expect((await ask(forgot, named(user), from)).status).toBe(statusAt(forgot).accepted);
    expect(to(user.email)).toHaveLength(sent + 1);
  });

  it('does not let a refused sender use up the registrations of an address', async () => {
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) await ask(forgot, named(newUser()), from);
    nextMinute();
    const { email } = newUser();
    const another = () => application({ ...newUser(), email });
    for (let n = 0; n < 5; n += 1) {
      // Another isolate each time: none of them remembers the refusal.
      const elsewhere = client(createTestApp(), name);
      expect((await elsewhere.ask('register', another(), from)).status).toBe(status.limited);
    }
    expect((await ask('register', another())).status).toBe(status.registered);
    expect(to(email)).toHaveLength(1);
  });

  it('takes one /64 for one sender', async () => {
    const { ask } = client(createTestApp(), name);
    const network = `2001:db8:${oneOfEachKind.findIndex((one) => one.name === name)}:7`;
    const from = async (address: string) =>
      (await ask(forgot, named(newUser()), { address })).status;
    for (let n = 1; n <= 10; n += 1)
      expect(await from(`${network}::${n}`)).toBe(statusAt(forgot).accepted);
    expect(await from(`${network}:ffff::1`)).toBe(status.limited);
  });

  it('does not count a registration whose password is refused', async () => {
    const { ask } = client(createTestApp(), name);
    const from = { address: freshAddress() };
    for (let n = 0; n < 10; n += 1) {
      nextMinute();
      const body = { ...application(newUser()), password: 'password123' };
      expect((await ask('register', body, from)).status).toBe(status['weak-password']);
    }
    expect((await ask(forgot, named(newUser()), from)).status).toBe(statusAt(forgot).accepted);
  });
});

it.each(['username-coded', 'email-cookie'])(
  'judges fifteen tries at each of the ten codes that one address can have sent in an hour: %s',
  async (name) => {
    const { status, named, application, isByUsername } = contractCase(name);
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const byEmail = client(app, 'email-cookie');
    const from = { address: freshAddress() };
    const seen = { sent: 0, refused: 0, judged: 0, opened: 0 };
    for (let minute = 0; minute < 60; minute += 4, moveClock(240_000)) {
      const user = newUser();
      const { email, password } = user;
      const registered = await ask('register', application(user), from);
      if (registered.status === 429) {
        seen.refused += 1;
        continue;
      }
      seen.sent += 1;
      const code = codeIn(to(email));
      // At each of the names, and with the handle; then the right code, where no try is left.
      const ways: [typeof ask, InputOf<'send-code'>][] = [
        [ask, named(user)],
        [ask, { ...named(user), handle: handleField(registered) }],
        ...(isByUsername
          ? [[byEmail.ask, byAddress(email)] as [typeof ask, InputOf<'send-code'>]]
          : []),
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
