/** Which registration a handle stands for, and whose codes can be proven with it. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { handleOf, withHandle } from '../support/handles.ts';
import { addUser, type TestUser } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn, type Mail } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client } from '../support/session.ts';

const mailed = mailbox();
const { to } = mailed;
const { post } = client(mailed.here, 'email-cookie');
const LOCKED = 429;
const asked = ({ email, password }: TestUser) => ({ email, password });
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const codesIn = (mails: readonly Mail[]) => mails.map((mail) => codeIn([mail]));

it('keeps its id when the same address is registered again with it, and its tries with the id', async () => {
  const person = newUser();
  const first = handleOf(await post('register', asked(person)));
  const second = handleOf(await post('register', asked(person), withHandle(first)));
  const third = handleOf(await post('register', asked(person)));
  const idOf = (handle: string) => handle.split('~')[0];
  expect(idOf(second)).toBe(idOf(first));
  expect(idOf(third)).not.toBe(idOf(first));
  const code = codeIn(to(person.email));
  for (let n = 0; n < 5; n += 1) {
    await post('verify-email', { ...asked(person), code: wrong(code) }, withHandle(first));
  }
  const proven = async (handle: string) =>
    (await post('verify-email', { ...asked(person), code }, withHandle(handle))).status;
  expect([await proven(second), await proven(third)]).toEqual([LOCKED, 204]);
});

it('renews the code of its own registration, and without it the newest one’s', async () => {
  const [first, second] = [newUser(), newUser()];
  second.email = first.email;
  const { email } = first;
  const handle = handleOf(await post('register', asked(first)));
  vi.setSystemTime(Date.now() + 1);
  await post('register', asked(second));
  const bystander = newUser();
  await post('register', asked(bystander));
  await post('verify-email/send', { email }, withHandle(handle));
  await post('verify-email/send', { email });
  expect(to(bystander.email)).toHaveLength(1);
  const codes = codesIn(to(email));
  expect(codes).toHaveLength(4);
  const verdicts = [];
  for (const [person, code] of [
    [first, codes[0]],
    [second, codes[1]],
    [first, codes[3]],
    [second, codes[2]],
    [first, codes[2]],
  ] as const) {
    verdicts.push((await post('verify-email', { ...asked(person), code })).status);
  }
  expect(verdicts).toEqual([400, 400, 400, 400, 204]);
});

it('has links sent for its own registration, and without it for the newest one', async () => {
  const byName = client(mailed.here, 'username-coded');
  const [first, second] = [newUser(), newUser()];
  second.email = first.email;
  const body = ({ username, password }: TestUser) => ({ username, email: first.email, password });
  const handle = handleOf(await byName.post('register', body(first)));
  await byName.post('register', body(second));
  await byName.post('forgot-password', { email: first.email });
  await byName.post('forgot-password', { email: first.email }, withHandle(handle));
  const token = tokenIn(to(first.email));
  const password = 'something else entirely';
  expect((await byName.post('reset-password', { token, password })).status).toBe(200);
  const row = await env.DB.prepare('SELECT username FROM users WHERE email = ?')
    .bind(first.email)
    .first<string>('username');
  expect(row).toBe(first.username);
});

describe('the code of somebody else', () => {
  it('can be proven with any handle of the address, as from another browser', async () => {
    const person = newUser();
    const handle = handleOf(await post('register', asked(person)));
    await post('register', { ...asked(person), password: 'chosen on another device' });
    const proof = { email: person.email, password: 'chosen on another device' };
    const code = codeIn(to(person.email));
    expect((await post('verify-email', { ...proof, code }, withHandle(handle))).status).toBe(204);
  });

  it('of a user too, who has tried to register before', async () => {
    const person = await addUser({ email_verified: 0 });
    const handle = handleOf(await post('register', asked(newcomerAt(person.email))));
    await post('verify-email/send', { email: person.email }, withHandle(handle));
    const proof = { ...asked(person), code: codeIn(to(person.email)) };
    expect((await post('verify-email', proof, withHandle(handle))).status).toBe(204);
  });

  it('has five tries, however many handles come for them', async () => {
    const person = await addUser({ email_verified: 0 });
    await post('verify-email/send', { email: person.email });
    const code = codeIn(to(person.email));
    const handles = [];
    for (let n = 0; n < 6; n += 1) {
      handles.push(handleOf(await post('register', asked(newcomerAt(person.email)))));
    }
    const verdicts = [];
    for (const [n, handle] of handles.entries()) {
      const proof = { ...asked(person), code: n < 5 ? wrong(code) : code };
      verdicts.push((await post('verify-email', proof, withHandle(handle))).status);
    }
    expect(verdicts).toEqual([400, 400, 400, 400, 400, 400]);
    const { email_verified } = (await env.DB.prepare(
      'SELECT email_verified FROM users WHERE id = ?',
    )
      .bind(person.id)
      .first<{ email_verified: number }>()) ?? { email_verified: -1 };
    expect(email_verified).toBe(0);
  });

  const newcomerAt = (email: string): TestUser => ({ ...newUser(), email });
});
