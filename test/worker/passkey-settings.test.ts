/** The setting PASSKEYS, and the origins and the name beside it, as the API follows them. */
import { describe, expect, it } from 'vitest';
import {
  createAuthenticator,
  type PasskeyAuthenticator,
} from '../support/passkey-authenticator.ts';
import { addUser, createTestApp, freshAddress, type TestApp } from '../support/test-app.ts';

const PAGES = 'https://accounts.gatehouse.example';
const APP = 'https://app.gatehouse.example:8443';
const ELSEWHERE = 'https://other.gatehouse.example';
const PASSKEYS = { domain: 'gatehouse.example' };
const settings = { PAGES_ORIGIN: PAGES, ALLOWED_ORIGINS: [APP], PASSKEYS };
const offering = createTestApp(settings);

/** A signed-in user; each request is from an address of its own. */
async function signedIn(columns: Record<string, number> = {}) {
  let token = '';
  const call = async (app: TestApp, route: string, body: object = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const { status, text } = await app.fetch(`/email-cookie/api/v1/auth/${path}`, {
      method,
      headers: {
        'CF-Connecting-IP': freshAddress(),
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    return { status, body: (text === '' ? null : JSON.parse(text)) as Record<string, any> };
  };
  const { email, password } = await addUser({ email_verified: 1, ...columns });
  token = (await call(offering, 'POST login', { email, password })).body['token'];
  const creationOf = async (device: PasskeyAuthenticator) =>
    device.create((await call(offering, 'POST passkeys/options')).body['publicKey']);
  const assertionOf = async (device: PasskeyAuthenticator) =>
    device.get((await call(offering, 'POST passkeys/login/options')).body['publicKey']);
  return {
    call,
    async add(app: TestApp, device: PasskeyAuthenticator) {
      return call(app, 'POST passkeys', { credential: await creationOf(device) });
    },
    async signIn(app: TestApp, device: PasskeyAuthenticator) {
      return call(app, 'POST passkeys/login', { credential: await assertionOf(device) });
    },
  };
}

describe('options', () => {
  it('name the domain and the service', async () => {
    const app = createTestApp({ ...settings, BRAND: { name: 'Acme' } });
    const { call } = await signedIn();
    const { body } = await call(app, 'POST passkeys/login/options');
    expect(body['publicKey']).toMatchObject({ rpId: 'gatehouse.example' });
    const created = await call(app, 'POST passkeys/options');
    const rp = { id: 'gatehouse.example', name: 'Acme' };
    expect(created.body['publicKey']).toMatchObject({ rp });
  });

  it('name the host of the pages by default', async () => {
    const { call } = await signedIn();
    const app = createTestApp({ PAGES_ORIGIN: PAGES });
    const { body } = await call(app, 'POST passkeys/login/options');
    expect(body['publicKey']).toMatchObject({ rpId: 'accounts.gatehouse.example' });
  });
});

it.each([
  ['the pages', PAGES, 200],
  ['an allowed origin', APP, 200],
  ['an allowed host, at another port', 'https://app.gatehouse.example', 400],
  ['the domain itself', 'https://gatehouse.example', 400],
  ['another subdomain', ELSEWHERE, 400],
])('takes a new passkey from %s: %s', async (_, origin, status) => {
  const { add } = await signedIn();
  expect((await add(offering, createAuthenticator({ origin }))).status).toBe(status);
});

it('refuses a sign-in from an origin that is not allowed any more', async () => {
  const device = createAuthenticator({ origin: APP });
  const { add, signIn } = await signedIn();
  expect((await add(offering, device)).status).toBe(200);
  expect((await signIn(offering, device)).status).toBe(200);
  const later = createTestApp({ ...settings, ALLOWED_ORIGINS: [ELSEWHERE] });
  expect(await signIn(later, device)).toMatchObject({
    status: 401,
    body: { error: { code: 'INVALID_PASSKEY' } },
  });
});

it('lists, renames and removes passkeys where they are not offered, and does nothing else with them', async () => {
  const device = createAuthenticator({ origin: PAGES });
  const app = createTestApp({ ...settings, PASSKEYS: { ...PASSKEYS, offered: false } });
  const { add, call, signIn } = await signedIn();
  const { id } = (await add(offering, device)).body;
  const refused = [
    await call(app, 'POST passkeys/login/options'),
    await call(app, 'POST passkeys/options'),
    await add(app, createAuthenticator({ origin: PAGES })),
    await signIn(app, device),
  ];
  expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  const listed = async () => (await call(app, 'GET passkeys')).body['passkeys'];
  expect(await listed()).toMatchObject([{ id, name: null }]);
  expect((await call(app, `PATCH passkeys/${id}`, { name: 'Old' })).status).toBe(200);
  expect(await listed()).toMatchObject([{ id, name: 'Old' }]);
  expect((await call(app, `DELETE passkeys/${id}`)).status).toBe(204);
  expect(await listed()).toEqual([]);
});

describe.each([
  ['none', 0, 200],
  ['admins', 0, 200],
  ['admins', 1, 403],
  ['all', 0, 403],
] as const)('deviceBound %s, for a user with is_admin %i', (deviceBound, is_admin, status) => {
  it(`answers a synced passkey with ${status}, when it is added and when it signs in`, async () => {
    const app = createTestApp({ ...settings, PASSKEYS: { ...PASSKEYS, deviceBound } });
    const { add, signIn } = await signedIn({ is_admin });
    const synced = () => createAuthenticator({ origin: PAGES, isSyncable: true });
    expect((await add(app, synced())).status).toBe(status);
    const older = synced();
    expect((await add(offering, older)).status).toBe(200);
    expect((await signIn(app, older)).status).toBe(status);
  });

  it('takes a passkey that stays on its device', async () => {
    const app = createTestApp({ ...settings, PASSKEYS: { ...PASSKEYS, deviceBound } });
    const { add, signIn } = await signedIn({ is_admin });
    const key = createAuthenticator({ origin: PAGES });
    expect((await add(app, key)).status).toBe(200);
    expect((await signIn(app, key)).status).toBe(200);
  });
});
