/** Log and audit of passkeys: events with their reasons, and nothing that a browser has sent. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { failOnUnhandled } from '../support/captured-console.ts';
import { eventsOf } from '../support/operator.ts';
import { createAuthenticator } from '../support/passkey-authenticator.ts';
import { addUser, createTestApp, freshAddress } from '../support/test-app.ts';

const { begin, leaks } = failOnUnhandled();
const origin = 'https://gatehouse.example';

it('keeps credentials, challenges and handles out of the log and the audit, also in an outage', async () => {
  let isAway = false;
  const app = createTestApp({}, (call, proceed) =>
    isAway && call.to === 'database' && call.what.some((sql) => sql.includes('used_challenges'))
      ? Promise.reject(new Error('D1_ERROR: c4n4ry'))
      : proceed(),
  );
  let token = '';
  const secrets = new Set<string>(['c4n4ry']);
  /** Collects every text of a credential or of options, but for the words of the format. */
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= 20) secrets.add(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  const call = async (path: string, body: object = {}) => {
    const { status, text } = await app.fetch(`/email-cookie/api/v1/auth/${path}`, {
      method: 'POST',
      headers: {
        'CF-Connecting-IP': freshAddress(),
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(body),
    });
    return { status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, any> };
  };
  const user = await addUser({ email_verified: 1 });
  const { email, password } = user;
  token = (await call('login', { email, password })).body['token'];
  begin();

  const device = createAuthenticator({ origin });
  const name = 'c4n4ry of a name';
  const optionsOf = async (path: string) => {
    const { publicKey } = (await call(path)).body;
    collect({ ...publicKey, pubKeyCredParams: [], rpId: '', rp: {} });
    return publicKey;
  };
  const created = await device.create(await optionsOf('passkeys/options'));
  collect(created);
  expect((await call('passkeys', { name, credential: created })).status).toBe(200);
  const present = async (path: string, overrides: object = {}) => {
    const credential = await device.get(await optionsOf('passkeys/login/options'), overrides);
    collect(credential);
    return (await call(path, { credential })).status;
  };
  expect(await present('passkeys/login')).toBe(200);
  expect(await present('passkeys/login', { origin: 'https://c4n4ry.example' })).toBe(401);
  expect(await present('reauthenticate')).toBe(204);
  expect(await present('reauthenticate', { flipFlags: 4 })).toBe(401);
  const stranger = createAuthenticator({ origin });
  const other = await stranger.create(await optionsOf('passkeys/options'));
  collect(other);
  const flawed = { ...other, id: 'AAAA', rawId: 'AAAA' };
  expect((await call('passkeys', { name, credential: flawed })).status).toBe(400);
  const unknown = await stranger.get(await optionsOf('passkeys/login/options'));
  collect(unknown);
  expect((await call('passkeys/login', { credential: unknown })).status).toBe(401);
  isAway = true;
  expect(await present('passkeys/login')).toBe(500);

  expect(secrets.size).toBeGreaterThan(20);
  const { results } = await env.DB.prepare('SELECT * FROM audit_events').all();
  const audit = JSON.stringify(results);
  for (const secret of secrets) expect(audit).not.toContain(secret);
  expect(await leaks([...secrets])).toEqual([]);
  const events = (await eventsOf(user.id)).map(({ action, reason }) => `${action} ${reason}`);
  expect(events).toEqual([
    'LOGIN granted',
    'PASSKEY_ADDED done',
    'LOGIN passkey',
    'NEW_DEVICE_NOTIFIED done',
    'LOGIN_FAILED wrong-origin',
    'REAUTHENTICATED passkey',
    'SECOND_FACTOR_FAILED user-not-verified',
  ]);
});
