/** The code for a new address: whether a user has the address does not show, and tries are counted. */
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, otherThan } from '../support/mailbox.ts';
import { eventsOf } from '../support/operator.ts';
import { client, moveClock, tokensOf, visible } from '../support/session.ts';
import { addUser, oneOfEachKind, newUser } from '../support/test-app.ts';

// Codes and their tries are the core's; contracts differ in how the token travels.
describe.each(oneOfEachKind)('$name', ({ name, status }) => {
  /** A user who is signed in, and asks for new addresses. */
  const signedIn = async () => {
    // Longer than the test, which moves the clock.
    const TOKEN_LIFETIMES = { [name]: { accessSeconds: 3600 } };
    const { app, to, calls, before } = mailbox({ TOKEN_LIFETIMES });
    const { ask, login } = client(app, name);
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    return {
      user,
      to,
      calls,
      before,
      ask: (email: string) => ask('change-email', { email, password: user.password }, { token }),
      confirm: (code: string) => ask('confirm-email', { code }, { token }),
    };
  };

  it('does the same at change-email/confirm whether the new address is free or a user’s', async () => {
    const runs = [];
    for (const { email } of [newUser(), await addUser()]) {
      const { user, to, calls, before, ask, confirm } = await signedIn();
      await ask(email);
      const wrong = otherThan(codeIn(to(email)));
      before.length = 0;
      calls.length = 0;
      const answers = [];
      for (let n = 0; n < 6; n += 1) answers.push(visible(await confirm(wrong)));
      const limiters = calls.filter(({ to }) => to === 'limits').map(({ what }) => what[0]);
      // Six addresses, and one count of tries: no code, and no absence of one, has its own.
      expect(new Set(limiters).size).toBe(7);
      const failures = (await eventsOf(user.id)).filter(
        ({ action }) => action === 'CODE_CHECK_FAILED',
      );
      expect(failures.map(({ reason, contract }) => [reason, contract])).toEqual(
        Array.from({ length: 6 }, () => ['invalid-code', name]),
      );
      runs.push({
        answers,
        calls: calls.map(({ to, method, what }) => [to, method, to === 'database' ? what : '']),
        beforeAnswers: before.map((calls) => calls.length),
      });
    }
    expect(runs[0]).toEqual(runs[1]);
  });

  it.each(['free', 'a user’s', 'free, and had all its codes'])(
    'ends the code of an earlier address when a new address is asked for that is %s',
    async (state) => {
      const { to, ask, confirm } = await signedIn();
      const { email } = state === 'a user’s' ? await addUser() : newUser();
      const codes = state === 'free, and had all its codes' ? 5 : 0;
      for (let n = 0; n < codes; n += 1) await ask(email);
      const own = newUser().email;
      await ask(own);
      await ask(email);
      expect((await confirm(codeIn(to(own)))).status).toBe(status['invalid-code']);
    },
  );

  it('judges five codes in ten minutes at change-email/confirm, whatever the number of codes', async () => {
    const { to, ask, confirm } = await signedIn();
    const { email } = newUser();
    await ask(email);
    const wrong = otherThan(codeIn(to(email)));
    await Promise.all(Array.from({ length: 5 }, () => confirm(wrong)));
    await ask(email);
    expect((await confirm(codeIn(to(email)))).status).toBe(status['invalid-code']);
    moveClock(600_000);
    await ask(email);
    expect((await confirm(codeIn(to(email)))).status).toBe(status.done);
  });
});
