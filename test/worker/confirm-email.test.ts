/**
 * The code for a new address: that its absence, where the address is somebody's, does not show, and
 * how many tries it has.
 */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addUser, contractCases, type Answer } from '../support/test-app.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

afterEach(() => vi.useRealTimers());

const moveClock = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

const shown = ({ status, headers, text }: Answer) => {
  const trace = headers.get('X-Request-Id') ?? '';
  const rest = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, rest, text: text.replaceAll(trace, '') };
};

describe.each(contractCases)('$name', ({ name, contract }) => {
  it('does the same at change-email/confirm whether the new address is free or somebody’s', async () => {
    const runs = [];
    for (const taken of [false, true]) {
      const { here, to, calls, before } = mailbox();
      const { post, login } = client(here, name);
      const person = await addUser();
      const { email } = taken ? await addUser() : newUser();
      const { access: token } = held(await login(person));
      await post('change-email', { email, password: person.password }, { token });
      const wrong = codeIn(to(email)) === '000000' ? '000001' : '000000';
      before.length = 0;
      const from = calls.length;
      const answers = [];
      for (let n = 0; n < 6; n += 1) {
        answers.push(shown(await post('change-email/confirm', { code: wrong }, { token })));
      }
      const made = calls.slice(from);
      const told = ({ to, method, what }: (typeof calls)[number]) =>
        [to, method, ...(to === 'database' ? what : [])].join(' ');
      const { results: audit } = await env.DB.prepare(
        `SELECT action, reason, contract FROM audit_events
          WHERE user_id = ? AND action = 'CODE_CHECK_FAILED'`,
      )
        .bind(person.id)
        .all();
      const guards = new Set(made.filter(({ to }) => to === 'limits').map(({ what }) => what[0]));
      runs.push({
        answers,
        calls: made.map(told),
        // The first follows other requests, and what these did behind their answers.
        inFront: before.slice(1).map((seen) => seen.length),
        // Six addresses, and one count of tries: no code, and no absence of one, has its own.
        guards: guards.size,
        audit,
      });
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.guards).toBe(7);
    expect(runs[0]?.audit).toEqual(
      Array.from({ length: 6 }, () => ({
        action: 'CODE_CHECK_FAILED',
        reason: 'invalid-code',
        contract: name,
      })),
    );
  });

  it.each(['free', 'somebody’s', 'free, and had all its codes'])(
    'ends the code of an earlier address when a new address is asked for that is %s',
    async (state) => {
      const { here, to } = mailbox();
      const { post, login } = client(here, name);
      const person = await addUser();
      const { access: token } = held(await login(person));
      const { password } = person;
      const ask = (email: string) => post('change-email', { email, password }, { token });
      const { email } = state === 'somebody’s' ? await addUser() : newUser();
      const codes = state === 'free, and had all its codes' ? 5 : 0;
      for (let n = 0; n < codes; n += 1) await ask(email);
      const own = newUser().email;
      await ask(own);
      await ask(email);
      const answer = await post('change-email/confirm', { code: codeIn(to(own)) }, { token });
      expect(answer.status).toBe(400);
    },
  );

  it('judges five codes in ten minutes at change-email/confirm, whatever the number of codes', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser();
    const { access: token } = held(await login(person));
    const { email } = newUser();
    const ask = () => post('change-email', { email, password: person.password }, { token });
    const confirm = (code: string) => post('change-email/confirm', { code }, { token });
    await ask();
    const wrong = codeIn(to(email)) === '000000' ? '000001' : '000000';
    await Promise.all(Array.from({ length: 5 }, () => confirm(wrong)));
    await ask();
    expect((await confirm(codeIn(to(email)))).status).toBe(400);
    moveClock(600);
    await ask();
    expect((await confirm(codeIn(to(email)))).status).toBe(contract.responses.done.render().status);
  });
});
