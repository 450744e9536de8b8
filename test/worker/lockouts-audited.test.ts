/** A lock is a row of the audit: one a lock, not one a refused attempt. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import { addUser, createTestApp } from '../support/test-app.ts';
import { byEmail, byUsername, failAt, LOCKED, locksOf, WRONG } from '../support/lockouts.ts';
import { newUser } from '../support/new-user.ts';
import { eventsOf } from '../support/operator.ts';
import { client } from '../support/session.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});

const moveClock = (byMs: number) => void vi.setSystemTime(Date.now() + byMs);

afterEach(() => vi.restoreAllMocks());

/** The pseudonym of the newest event of a request from there. */
const subjectAt = async (address: string) =>
  (await env.DB.prepare('SELECT subject FROM audit_events WHERE address = ? ORDER BY id DESC')
    .bind(address)
    .first<string>('subject')) ?? '';

describe('a lock in the audit', () => {
  it('is one row, however many attempts it refuses', async () => {
    const person = await addUser();
    const guess = { ...person, password: WRONG };
    const answers = await Promise.all(Array.from({ length: 40 }, () => byEmail.login(guess)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect((await byUsername.login(person)).status).toBe(200);
    const locks = (await eventsOf(person.id)).filter(({ action }) => action === 'ACCOUNT_LOCKED');
    expect(locks).toMatchObject([{ reason: 'locked', contract: 'email-cookie' }]);
  });

  it('is one for each lock, and names the final stop', async () => {
    const person = await addUser();
    const { login } = client(
      createTestApp({ LOCKOUT: { threshold: 2, stopAfterFailures: 4 } }),
      'username-coded',
    );
    await failAt(login, person, 2);
    expect((await login(person)).status).toBe(LOCKED);
    moveClock(900_000);
    await failAt(login, person, 2);
    expect((await login(person)).status).toBe(LOCKED);
    const locks = await locksOf('user_id', person.id);
    expect(locks.map(({ reason }) => reason)).toEqual(['locked', 'stopped']);
  });

  it('is a row for a name that nobody has, under its pseudonym', async () => {
    const nobody = newUser();
    const address = '192.0.2.201';
    for (let n = 0; n < 6; n += 1) {
      await byEmail.login({ ...nobody, password: WRONG }, { address });
    }
    const subject = await subjectAt(address);
    expect(await locksOf('subject', subject)).toEqual([
      { reason: 'locked', user_id: null, subject },
    ]);
  });

  it('carries the account’s pseudonym, at either name', async () => {
    const person = await addUser();
    await failAt(byEmail.login, person);
    await failAt(byUsername.login, person);
    const subjects = (await locksOf('user_id', person.id)).map(({ subject }) => subject);
    expect(subjects).toHaveLength(2);
    expect(subjects[1]).toBe(subjects[0]);
    expect((await eventsOf(person.id)).length).toBe(12);
  });

  it('is written by the attempt that finds it, where expired tickets have locked', async () => {
    const person = await addUser();
    const dying = createTestApp({}, (call, proceed) =>
      call.method === 'settle' ? Promise.reject(new Error('lost')) : proceed(),
    );
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { login } = client(dying, 'email-cookie');
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: WRONG });
    expect(await locksOf('user_id', person.id)).toEqual([]);
    moveClock(TICKET_MS);
    for (let n = 0; n < 3; n += 1) expect((await byEmail.login(person)).status).toBe(LOCKED);
    expect(await locksOf('user_id', person.id)).toMatchObject([{ reason: 'locked' }]);
  });
});
