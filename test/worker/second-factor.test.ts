/** The way of a second factor at every contract: enrolled, asked for, proven, removed. */
import { expect, it } from 'vitest';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { client, moveClock, tokensOf, type ContractAnswer } from '../support/session.ts';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';

const STEP_MS = 30_000;
const bodyOf = ({ text }: ContractAnswer): unknown => JSON.parse(text);
/** Keycloak has no step, gotrue one of its own, and odd-1's tokens end before a proof does. */
const APART = new Set(['gotrue', 'keycloak', 'odd-1']);
const wires = contractCases.filter(({ name }) => !APART.has(name));

it.each(wires)('asks for a code after the password, once enrolled: $name', async ({ name }) => {
  const { ask, login, status, attempt } = client(createTestApp(), name);
  const user = await addUser();
  const { access: token } = tokensOf(await login(user));

  const enrolment = await ask('enroll-totp', { challenge: null, name: null }, { token });
  expect(enrolment.status).toBe(status.granted);
  const secret = valueNamed(bodyOf(enrolment), 'secret') as string;
  // Nothing is asked for before a code was confirmed.
  expect((await login(user)).status).toBe(status.granted);
  const confirmed = await ask('confirm-totp', { code: codeAt(secret) }, { token });
  const codes = valueNamed(bodyOf(confirmed), 'recoveryCodes', 'recovery_codes') as string[];
  expect(codes).toHaveLength(10);

  const owed = await ask('login', attempt(user));
  expect(owed.status).toBe(status['second-factor-required']);
  const challenge = valueNamed(bodyOf(owed), 'challenge', 'mfa_token') as string;
  // The enrolling code is used up.
  const reused = await ask('second-factor', { challenge, code: codeAt(secret) });
  expect(reused.status).toBe(status['invalid-factor']);
  moveClock(STEP_MS);
  const proven = await ask('second-factor', { challenge, code: codeAt(secret) });
  expect(proven.status).toBe(status.granted);
  expect((await ask('profile', null, { token: tokensOf(proven).access })).status).toBe(200);
  const again = await ask('second-factor', { challenge, code: codeAt(secret) });
  expect(again.status).toBe(status['expired-step']);

  const other = valueNamed(bodyOf(await ask('login', attempt(user))), 'challenge', 'mfa_token');
  const [recovery = ''] = codes;
  const recovered = await ask('second-factor', { challenge: other as string, code: recovery });
  expect(recovered.status).toBe(status.granted);
  const session = { token: tokensOf(recovered).access };
  const listed = bodyOf(await ask('list-factors', null, session));
  expect(valueNamed(listed, 'recoveryCodes', 'recovery_codes')).toBe(9);

  const [factor] = valueNamed(listed, 'factors') as { id: string }[];
  moveClock(300_000);
  const removal = { id: factor?.id ?? '' };
  const stale = await ask('remove-factor', removal, session);
  expect(stale.status).toBe(status['reauthentication-required']);
  expect(valueNamed(bodyOf(stale), 'methods')).toEqual(['totp', 'recovery-code']);
  const proof = { password: null, code: codeAt(secret) };
  expect((await ask('reauthenticate', proof, session)).status).toBe(status.done);
  expect((await ask('remove-factor', removal, session)).status).toBe(status.done);
  expect((await login(user)).status).toBe(status.granted);
});
