/** What a password reset says in its letter, and what it logs where the lockout cannot be lifted. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { addUser } from '../support/test-app.ts';
import { mailbox, tokenIn } from '../support/mailbox.ts';
import { client } from '../support/session.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('says in the letter how many minutes the link is good', async () => {
  const nowMs = Date.parse('2026-03-01T12:00:00Z');
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  const { here, to } = mailbox();
  const { email, id } = await addUser();
  await client(here, 'email-cookie').post('forgot-password', { email });
  const expiresAtMs = await env.DB.prepare(
    "SELECT expires_at_ms FROM challenges WHERE user_id = ? AND purpose = 'reset-password'",
  )
    .bind(id)
    .first<number>('expires_at_ms');
  const [, minutes] = / for (\d+) minutes\./.exec(to(email)[0]?.text ?? '') ?? [];
  expect(Number(minutes) * 60_000).toBe((expiresAtMs ?? 0) - nowMs);
});

it('resets the password where the lockout cannot be reached, and logs each failure', async () => {
  const lines: string[] = [];
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
  }
  const { here, to, calls } = mailbox({}, (call, proceed) =>
    call.method === 'clear' ? Promise.reject(new Error('unreachable')) : proceed(),
  );
  const { post, login } = client(here, 'email-cookie');
  const person = await addUser();
  await post('forgot-password', { email: person.email });
  const password = 'another one, rather long';
  const answer = await post('reset-password', { token: tokenIn(to(person.email)), password });
  expect(answer.status).toBe(204);
  const failures = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'failure');
  // Each is asked for twice.
  const unreachable = calls.filter(({ method }) => method === 'clear').map(({ what }) => what[0]);
  expect(failures).toHaveLength(new Set(unreachable).size);
  expect(unreachable).not.toEqual([]);
  expect((await login({ ...person, password })).status).toBe(200);
});
