/** A caller whose guard is slow, or has no ticket free: hashes no more than it must, tells nothing. */
import { expect, it } from 'vitest';
import type { Reservation } from '../../src/flows/ports/limits.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { addUser, count, contractCase, createTestApp } from '../support/test-app.ts';

const { path, body } = contractCase('username-pair');
const ticket = { state: 'ticket', waitedMs: 0, lockBegan: null } as const;
const queued = { state: 'queued', lockBegan: null } as const;
const busy = { state: 'busy', lockBegan: null } as const;

/** Gives the guard's answers as told, the first one before or after a whole hash is done. */
const answering =
  (first: 'early' | 'late', answers: Record<string, Reservation>): BindingInterceptor =>
  async (call, proceed) => {
    const answer = answers[call.method];
    if (answer === undefined) return proceed();
    const turns = first === 'late' && call.method === 'reserve' ? 50 : 0;
    for (let turn = 0; turn < turns; turn += 1) await scheduler.wait(0);
    return answer as never;
  };

/** Logs in and says what came of it, and how many calls of PBKDF2 it took. */
async function login(intercept: BindingInterceptor) {
  const person = await addUser();
  const { deriveBits } = crypto.subtle;
  let derived = 0;
  crypto.subtle.deriveBits = (...given) => {
    derived += 1;
    return deriveBits.apply(crypto.subtle, given);
  };
  const { status } = await createTestApp({}, intercept).post(path, body(person));
  crypto.subtle.deriveBits = deriveBits;
  return { status, derived, sessions: await count('sessions', person.id) };
}

it('hashes nothing where the answer is there before the hash begins', async () => {
  expect(await login(answering('early', { reserve: queued, wait: busy }))).toEqual({
    status: 429,
    derived: 0,
    sessions: 0,
  });
});

it('hashes once its turn has come', async () => {
  const intercept = answering('early', { reserve: queued, wait: ticket });
  expect(await login(intercept)).toEqual({ status: 200, derived: 6, sessions: 1 });
});

it('does not hash again what was done when the answer came', async () => {
  const intercept = answering('late', { reserve: queued, wait: ticket });
  expect(await login(intercept)).toEqual({ status: 200, derived: 6, sessions: 1 });
});

it('keeps a verdict that is known to itself while it has no ticket', async () => {
  const intercept = answering('late', { reserve: queued, wait: busy });
  expect(await login(intercept)).toEqual({ status: 429, derived: 6, sessions: 0 });
});

it('keeps a verdict that is known to itself once the account is locked', async () => {
  const untilMs = Date.now() + 60_000;
  const locked = { state: 'locked', untilMs, untilReset: false, lockBegan: null } as const;
  const intercept = answering('late', { reserve: locked });
  expect(await login(intercept)).toEqual({ status: 429, derived: 6, sessions: 0 });
});
