/** Passkeys from their registration to their removal, at one contract of each kind. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { valueNamed } from '../support/authenticator.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { mailbox } from '../support/mailbox.ts';
import { eventsOf } from '../support/operator.ts';
import { createAuthenticator } from '../support/passkey-authenticator.ts';
import {
  addPasskey,
  assertionAt,
  assertionOf,
  optionsAt,
  PAGES_ORIGIN,
  registrationAt,
  registrationOf,
  signInBy,
  valueIn,
} from '../support/passkeys.ts';
import { client, deviceOf, tokensOf } from '../support/session.ts';
import { addUser, createTestApp, freshAddress, oneOfEachKind } from '../support/test-app.ts';

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

interface ShownPasskey {
  id: string;
  name?: string | null;
  friendly_name?: string;
  synced: boolean;
  lastUsedAt?: string | null;
  last_used_at?: string | null;
}

/** Absent at gotrue where there is none. */
const nameIn = ({ name, friendly_name }: ShownPasskey): string | null =>
  name ?? friendly_name ?? null;

describe.each(oneOfEachKind)('$name', ({ name, contract, status, statusAt }) => {
  const prepare = async (settings: object = {}) => {
    const { app, to } = mailbox(settings);
    const own = client(app, name);
    const user = await addUser();
    const { access: token } = tokensOf(await own.login(user));
    const list = async (token: string) => {
      const body: unknown = JSON.parse((await own.ask('list-passkeys', null, { token })).text);
      return (valueNamed(body, 'passkeys') ?? body) as ShownPasskey[];
    };
    return { ...own, own, to, user, token, list };
  };

  it('adds a passkey, signs in with it, renames it and removes it', async () => {
    const { own, ask, user, token, list, to } = await prepare();
    const authenticator = createAuthenticator({ origin: PAGES_ORIGIN, isSyncable: true });
    const options = await optionsAt(own, token);
    expect(options).toMatchObject({
      rp: { id: 'gatehouse.example', name: 'Gatehouse' },
      user: { name: user.email },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    });
    const credential = registrationOf(await authenticator.create(options));
    const added = await ask('add-passkey', { name: 'My phone', credential }, { token });
    expect(added.status).toBe(200);
    const [shown] = (await list(token)) as [ShownPasskey];
    expect(shown).toMatchObject({ synced: true });
    expect(nameIn(shown)).toBe('My phone');
    expect(shown.lastUsedAt ?? shown.last_used_at ?? null).toBeNull();
    const { id } = shown;
    const known = { type: 'public-key', id: authenticator.credentialId };
    const again = await optionsAt(own, token);
    expect(again.excludeCredentials).toEqual([{ ...known, transports: ['hybrid', 'internal'] }]);
    expect(again.user.id).toBe(options.user.id);
    expect(options.user.id).toMatch(/^[\w-]{43}$/);

    const asked = valueIn(await ask('passkey-login-options', null), 'publicKey', 'options');
    expect(asked).toMatchObject({
      rpId: 'gatehouse.example',
      allowCredentials: [],
      userVerification: 'required',
    });
    const assertion = assertionOf(await authenticator.get(asked as never));
    const granted = await ask('passkey-login', { credential: assertion, remember: false });
    expect(granted.status).toBe(status.granted);
    expect(deviceOf(granted)).toMatch(/^[\w-]{22}~/);
    const { access } = tokensOf(granted);
    const [used] = await list(access);
    expect(used?.lastUsedAt ?? used?.last_used_at).toMatch(/^\d{4}-/);

    await ask('rename-passkey', { id, name: 'Spare' }, { token: access });
    expect((await list(access)).map(nameIn)).toEqual(['Spare']);
    const removed = await ask('remove-passkey', { id }, { token: access });
    expect(removed.status).toBe(statusAt('remove-passkey').done);
    expect(await list(access)).toEqual([]);
    const gone = assertionOf(await authenticator.get(asked as never));
    const refused = await ask('passkey-login', { credential: gone, remember: false });
    expect(refused.status).toBe(status['invalid-passkey']);

    expect(to(user.email).map(({ subject }) => subject)).toEqual([
      'A passkey was added at Gatehouse',
      'A new sign-in at Gatehouse',
      'A passkey was removed at Gatehouse',
    ]);
    const [first, , second] = to(user.email);
    expect([first?.text, second?.text]).toEqual([
      expect.stringContaining('My phone'),
      expect.stringContaining('Spare'),
    ]);
    const events = (await eventsOf(user.id)).map(({ action, reason }) => `${action} ${reason}`);
    expect(events).toEqual([
      'LOGIN granted',
      'PASSKEY_ADDED done',
      'LOGIN passkey',
      'NEW_DEVICE_NOTIFIED done',
      'PASSKEY_RENAMED done',
      'PASSKEY_REMOVED done',
    ]);
  });

  it('keeps the second factor, and what opened the session, over a refresh', async () => {
    const { own, user, list } = await prepare({ SECOND_FACTOR: 'required' });
    const passkey = await addPasskey(user);
    let { access, refresh } = tokensOf(await signInBy(own, passkey));
    if (contract.refresh !== null) ({ access, refresh } = tokensOf(await own.refresh(refresh)));
    expect((await list(access)).map(({ id }) => id)).toEqual([passkey.id]);
    const row = env.DB.prepare(
      `SELECT opened_by, second_factor_at_ms = created_at_ms AS is_proven FROM sessions
        WHERE user_id = ? AND second_factor_at_ms IS NOT NULL`,
    );
    const found = await row.bind(user.id).first();
    expect(found).toEqual({ opened_by: 'passkey', is_proven: 1 });
    expect((await own.sessions(access)).status).toBe(200);
  });

  it('stores each registration under the name that was sent, if it is one', async () => {
    const { own, ask, user, token, list } = await prepare();
    const add = async (named: string | null) => {
      const credential = await registrationAt(own, token);
      return (await ask('add-passkey', { name: named, credential }, { token })).status;
    };
    const { id } = await addPasskey(user);
    const rename = async (named: string) =>
      (await ask('rename-passkey', { id, name: named }, { token })).status;
    const names = ['x'.repeat(64), '🔑 Schlüssel', '  trimmed  ', 'O’Brien <b>'];
    for (const each of names) expect([await add(each), await rename(each)]).toEqual([200, 200]);
    for (const each of ['x'.repeat(65), 'a\u0000', 'a\nb', '\u202egpj', 'a\u0085']) {
      expect([each, await add(each)]).toEqual([each, statusAt('add-passkey').malformed]);
      expect([each, await rename(each)]).toEqual([each, statusAt('rename-passkey').malformed]);
    }
    expect(await add(' ')).toBe(200);
    expect(await add(null)).toBe(200);
    expect(await rename(' ')).toBe(statusAt('rename-passkey')['missing-field']);
    const shown = (await list(token)).map(nameIn);
    const stored = ['x'.repeat(64), '🔑 Schlüssel', 'trimmed', 'O’Brien <b>'];
    expect(shown.slice(1)).toEqual([...stored, null, null]);
  });

  it('writes neither credential nor challenge into log or audit', async () => {
    const { own, ask, user, token } = await prepare();
    const passkey = await addPasskey(user);
    captured.take();
    const credential = await assertionAt(own, passkey);
    const attested = await registrationAt(own, token);
    await ask('add-passkey', { name: 'Secret name', credential: attested }, { token });
    for (let n = 0; n < 2; n += 1) await ask('passkey-login', { credential, remember: false });
    await signInBy(own, { sign: (challenge) => passkey.sign(challenge, { flipFlags: 4 }) });
    const lines = captured.take().join('\n');
    const { results } = await env.DB.prepare('SELECT * FROM audit_events').all();
    const written = lines + JSON.stringify(results);
    for (const text of [
      ...Object.values(credential),
      attested.attestationObject,
      attested.clientDataJSON,
      'Secret name',
      user.email,
    ]) {
      expect(written).not.toContain(text);
    }
    expect(lines).toContain('"invalid-passkey"');
    expect(JSON.stringify(results)).toContain('"user-not-verified"');
  });
});

describe('a counter that goes back', () => {
  it.each([
    ['is told to the owner and the audit', { isSyncable: false }, 1],
    ['is no matter for a passkey that may be on several devices', { isSyncable: true }, 0],
  ])('%s', async (_, kind, times) => {
    const { app, to } = mailbox();
    const own = client(app, 'email-cookie');
    const user = await addUser();
    const passkey = await addPasskey(user, kind);
    const from = { address: freshAddress() };
    for (const count of [5, 6, 3]) {
      const credential = await assertionAt(own, passkey, { count });
      const { status } = await own.ask('passkey-login', { credential, remember: false }, from);
      expect(status).toBe(200);
    }
    const copied = 'A passkey at Gatehouse may have been copied';
    const subjects = to(user.email).map(({ subject }) => subject);
    expect(subjects).toEqual(Array.from({ length: times }, () => copied));
    const actions = (await eventsOf(user.id)).map(({ action }) => action);
    expect(actions.filter((action) => action !== 'LOGIN')).toEqual(
      Array.from({ length: times }, () => 'PASSKEY_COUNTED_BACK'),
    );
  });
});

describe('a cookie of a session that a passkey has opened', () => {
  it.each(['/email-cookie', ''])(
    'is kept to the folder of the login: under "%s"',
    async (prefix) => {
      const app = createTestApp({ CONTRACTS: ['email-cookie'] });
      const own = client(app, 'email-cookie');
      const passkey = await addPasskey(await addUser());
      const credential = await assertionAt(own, passkey);
      const { id, userHandle, ...response } = credential;
      const body = {
        credential: { id, type: 'public-key', response: { ...response, userHandle } },
      };
      const answer = await app.post(`${prefix}/api/v1/auth/passkeys/login`, body);
      expect(answer.status).toBe(200);
      const [cookie = ''] = answer.headers.getSetCookie();
      expect(cookie).toMatch(/^refreshToken=/);
      expect(cookie.endsWith(`; Path=${prefix}/api/v1/auth`)).toBe(true);
    },
  );

  it('lives as long as the one of a login that is to be remembered', async () => {
    const own = client(createTestApp(), 'email-remember');
    const user = await addUser();
    const passkey = await addPasskey(user);
    const expiries = [];
    for (const remember of [false, true]) {
      await signInBy(own, passkey, { remember });
      await own.ask('login', { ...own.attempt(user), remember });
    }
    const { results } = await env.DB.prepare(
      'SELECT opened_by, expires_at_ms - created_at_ms AS lives FROM sessions WHERE user_id = ?',
    )
      .bind(user.id)
      .all<{ opened_by: string; lives: number }>();
    for (const by of ['password', 'passkey']) {
      expiries.push(
        results
          .filter((row) => row.opened_by === by)
          .map(({ lives }) => lives)
          .toSorted(),
      );
    }
    expect(expiries[1]).toEqual(expiries[0]);
    expect(new Set(expiries[1]).size).toBe(2);
  });
});
