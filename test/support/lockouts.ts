/** Failures at names, and what the audit has of the locks that they begin. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { createTestApp, type TestUser } from './test-app.ts';
import { client } from './session.ts';

export const WRONG = 'a wrong one';
/** What `email-cookie` and the username contracts answer at a locked name. */
export const LOCKED = 429;
export const here = createTestApp();
export const byEmail = client(here, 'email-cookie');
export const byUsername = client(here, 'username-pair');

export async function failAt(login: typeof byEmail.login, person: TestUser, times = 5) {
  for (let n = 0; n < times; n += 1) {
    expect((await login({ ...person, password: WRONG })).status).toBe(401);
  }
}

export const ofName = (person: TestUser, isNamed: boolean) =>
  isNamed ? { username: person.username } : { email: person.email };

/** The audit's rows of locks. */
export async function locksOf(column: 'user_id' | 'subject', value: string | number) {
  const { results } = await env.DB.prepare(
    `SELECT reason, user_id, subject FROM audit_events WHERE action = 'ACCOUNT_LOCKED' AND ${column} = ? ORDER BY id`,
  )
    .bind(value)
    .all<{ reason: string; user_id: number | null; subject: string }>();
  return results;
}
