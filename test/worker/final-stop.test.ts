/** The words of a lock that only a password reset ends. */
import { expect, it } from 'vitest';
import { addUser, createTestApp } from '../support/test-app.ts';
import { client } from '../support/session.ts';

const signIn = 'Too many attempts. Reset your password to sign in.';
const cases = [
  { name: 'username-coded', status: 429, message: signIn },
  { name: 'username-pair', status: 429, message: signIn },
  {
    name: 'email-envelope',
    status: 403,
    message: 'Account is locked. Reset your password to unlock it.',
  },
  {
    name: 'email-remember',
    status: 423,
    message: 'Account locked due to too many failed attempts. Reset your password to unlock it.',
  },
  { name: 'email-cookie', status: 429, message: signIn },
];

it.each(cases)(
  '$name names the way out after the final stop',
  async ({ name, status, message }) => {
    const person = await addUser();
    const lockout = (stopAfterFailures: number) =>
      client(createTestApp({ LOCKOUT: { threshold: 2, stopAfterFailures } }), name);
    const { login } = lockout(2);
    for (let n = 0; n < 2; n += 1) await login({ ...person, password: 'a wrong one' });
    const stopped = await login(person);
    expect(stopped.status).toBe(status);
    expect(stopped.text).toContain(`"message":"${message}"`);

    const other = await addUser();
    const { login: loginElsewhere } = lockout(100);
    for (let n = 0; n < 2; n += 1) await loginElsewhere({ ...other, password: 'a wrong one' });
    const locked = await loginElsewhere(other);
    expect(locked.status).toBe(status);
    expect(locked.text).not.toContain('Reset your password');
  },
);
