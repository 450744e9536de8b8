import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { addUser, freshAddress, createTestApp } from '../support/test-app.ts';

const FORM = '/email-cookie/api/v1/auth/login-form';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the form without scripts', () => {
  const send = (
    form: Record<string, string>,
    headers: Record<string, string> = {},
    { settings = {}, path = FORM } = {},
  ) =>
    createTestApp(settings).fetch(path, {
      method: 'POST',
      headers: {
        Accept: BROWSER,
        Origin: 'https://gatehouse.example',
        'Content-Type': 'application/x-www-form-urlencoded',
        'CF-Connecting-IP': freshAddress(),
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
    });

  it('signs in, and leads home or to where it is allowed to', async () => {
    const { email, password } = await addUser();
    for (const [return_to, led] of [
      ['', '/email-cookie/'],
      ['/email-cookie/?a=b', '/email-cookie/?a=b'],
      ['https://app.example.com/x', 'https://app.example.com/x'],
      ['//evil.example', '/email-cookie/'],
    ] as const) {
      const settings = { ALLOWED_ORIGINS: ['https://app.example.com'] };
      const { status, headers, text } = await send(
        { email: ` ${email} `, password, return_to },
        {},
        { settings },
      );
      expect([status, headers.get('Location'), text]).toEqual([303, led, '']);
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^refreshToken=.+; HttpOnly; Secure; SameSite=Strict; Max-Age=604800$/,
        ),
        expect.stringMatching(/^__Host-gh-device=/),
      ]);
      expect(headers.get('Cache-Control')).toBe('no-store');
    }
  });

  it('is refused from any other site, before anything is looked at', async () => {
    const { email, password } = await addUser();
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'https://app.example.com' },
    ]) {
      const settings = { ALLOWED_ORIGINS: ['https://app.example.com'] };
      const answer = await send({ email, password }, headers, { settings });
      expect([answer.status, answer.headers.has('Set-Cookie')]).toEqual([403, false]);
      expect(answer.text).toContain('sent from another site');
    }
  });

  it('says what the login says, in the reader’s language, and shows no password again', async () => {
    const { email } = await addUser();
    const secret = 'a wrong "password" <b>';
    const english = await send({ email, password: secret });
    expect(english.status).toBe(401);
    expect(english.text).toContain('Wrong e-mail or password.');
    expect(english.text).toContain(`value="${email}"`);
    expect(english.text).not.toContain('a wrong');
    const german = await send(
      { email, password: secret },
      { 'Accept-Language': 'de-CH, en;q=0.5' },
    );
    expect(german.text).toContain('<html lang="de" dir="ltr">');
    expect(german.text).toContain('E-Mail oder Passwort ist falsch.');
    const empty = await send({ email: '"><script>alert(1)</script>' });
    expect(empty.status).toBe(400);
    expect(empty.text).not.toContain('<script>alert');
  });

  it('says at each field what is wrong with it', async () => {
    const fieldsOf = (html: string) =>
      ['email', 'password'].map((name) => {
        const input = new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(html)?.[0] ?? '';
        const error = new RegExp(`<p class="error" id="${name}-error"([^>]*)>([^<]*)`).exec(html);
        expect(input).toContain(`aria-describedby="${name}-hint ${name}-error"`);
        const isInvalid = input.includes('aria-invalid="true"');
        expect(error?.[1]).toBe(isInvalid ? '' : ' hidden=""');
        return isInvalid ? error?.[2] : null;
      });
    const empty = await send({ email: '', password: '' });
    expect(fieldsOf(empty.text)).toEqual(['Please fill this in.', 'Please fill this in.']);
    expect(empty.text).toContain('Please check what you entered.');
    const malformed = await send({ email: 'a..b@example.com', password: 'something' });
    expect([malformed.status, ...fieldsOf(malformed.text)]).toEqual([
      400,
      'This does not look like an e-mail address.',
      null,
    ]);
    const wrong = await send({ email: 'nobody@example.com', password: 'something' });
    expect(fieldsOf(wrong.text)).toEqual([null, null]);
  });

  it('goes through the same guards: address, account, and their Retry-After', async () => {
    const person = await addUser();
    const address = freshAddress();
    const guess = (password: string) =>
      send({ email: person.email, password }, { 'CF-Connecting-IP': address });
    for (let failure = 1; failure <= 5; failure += 1) {
      expect((await guess(`wrong ${failure}`)).status).toBe(401);
    }
    const locked = await guess(person.password);
    expect([locked.status, locked.headers.get('Retry-After')]).toEqual([429, '900']);
    expect(locked.text).toContain('You can try again in 15 minutes.');
    for (let attempt = 7; attempt <= 60; attempt += 1) await guess('x');
    const limited = await guess(person.password);
    expect(limited.status).toBe(429);
    expect(limited.text).toContain('Too many attempts from your network');
  });

  it('leads who asks for its address anew to the sign-in page', async () => {
    const { status, headers } = await createTestApp().fetch(FORM);
    expect([status, headers.get('Location')]).toEqual([302, '/email-cookie/login']);
  });

  it('takes nothing but a form', async () => {
    const { email, password } = await addUser();
    const json = await send({ email, password }, { 'Content-Type': 'application/json' });
    expect(json.status).toBe(404);
  });

  it('exists only where the refresh token is a cookie', async () => {
    const { email, password } = await addUser();
    const bare = '/api/v1/auth/login-form';
    for (const path of [`/email-remember${bare}`, bare]) {
      expect([path, (await send({ email, password }, {}, { path })).status]).toEqual([path, 404]);
    }
    const own = await send(
      { email, password },
      {},
      { settings: { CONTRACTS: ['email-cookie'] }, path: bare },
    );
    expect([own.status, own.headers.get('Location')]).toEqual([303, '/']);
  });
});

describe('the form for the code of a second factor', () => {
  const origin = 'https://gatehouse.example';
  const send = (form: Record<string, string>, headers: Record<string, string> = {}, path = FORM) =>
    createTestApp(path === FORM ? {} : { CONTRACTS: ['email-cookie'] }).fetch(path, {
      method: 'POST',
      headers: {
        Accept: BROWSER,
        Origin: origin,
        'Content-Type': 'application/x-www-form-urlencoded',
        'CF-Connecting-IP': freshAddress(),
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
    });
  const hiddenIn = (html: string, name: string) =>
    new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';

  async function addEnrolledUser() {
    const { ask, login } = client(createTestApp(), 'email-cookie');
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    const enrolment = await ask('enroll-totp', { challenge: null, name: null }, { token });
    const secret = valueNamed(JSON.parse(enrolment.text), 'secret') as string;
    const confirmed = await ask('confirm-totp', { code: codeAt(secret) }, { token });
    const codes = valueNamed(JSON.parse(confirmed.text), 'recoveryCodes') as string[];
    moveClock(30_000);
    return { ...user, secret, codes };
  }

  it.each([
    [FORM, '/email-cookie'],
    ['/api/v1/auth/login-form', ''],
  ])('at %s is the answer to the password, and signs in with the code', async (path, prefix) => {
    const { email, password, secret } = await addEnrolledUser();
    const return_to = `${prefix}/?a=b`;
    const asked = await send({ email, password, return_to }, {}, path);
    expect([asked.status, asked.headers.has('Set-Cookie')]).toEqual([403, false]);
    expect([asked.headers.has('Location'), asked.text.includes(password)]).toEqual([false, false]);
    expect(asked.text).toContain(`action="${path}"`);
    const challenge = hiddenIn(asked.text, 'challenge');
    expect(challenge).not.toBe('');
    expect(hiddenIn(asked.text, 'return_to')).toBe(return_to);

    const wrong = await send({ challenge, return_to, 'factor-code': '000000' }, {}, path);
    expect([wrong.status, wrong.headers.has('Set-Cookie')]).toEqual([401, false]);
    expect(wrong.text).toContain('This code is not right');
    expect(hiddenIn(wrong.text, 'challenge')).toBe(challenge);
    const empty = await send({ challenge, return_to }, {}, path);
    expect([empty.status, empty.text.includes('Please fill this in.')]).toEqual([400, true]);
    const right = await send({ challenge, return_to, 'factor-code': codeAt(secret) }, {}, path);
    expect([right.status, right.headers.get('Location')]).toEqual([303, return_to]);
    // Browsers would keep it to the folder of the second request.
    const folder = `; Path=${prefix}/api/v1/auth`;
    expect(right.headers.getSetCookie()[0]?.endsWith(folder)).toBe(true);
  });

  it('takes a recovery code the other way, without using up a try', async () => {
    const { email, password, codes } = await addEnrolledUser();
    const asked = await send({ email, password });
    const challenge = hiddenIn(asked.text, 'challenge');
    expect(asked.text).toContain('inputmode="numeric"');
    for (let switched = 0; switched < 6; switched += 1) {
      const other = await send({ challenge, 'other-way': 'recovery-code', 'factor-code': 'x' });
      expect([other.status, hiddenIn(other.text, 'way')]).toEqual([200, 'recovery-code']);
      expect(other.text).not.toContain('inputmode');
    }
    const way = 'recovery-code';
    const signedIn = await send({ challenge, way, 'factor-code': codes[0] ?? '' });
    expect(signedIn.status).toBe(303);
  });

  it('asks for a recovery code at once where the account has no app', async () => {
    const { email, password, codes } = await addEnrolledUser();
    // As of an account whose codes stand beside passkeys.
    await env.DB.prepare(
      `DELETE FROM factors
       WHERE kind = 'totp' AND user_id = (SELECT id FROM users WHERE email = ?)`,
    )
      .bind(email)
      .run();
    const asked = await send({ email, password });
    expect(asked.text).not.toContain('inputmode');
    expect(hiddenIn(asked.text, 'way')).toBe('recovery-code');
    const challenge = hiddenIn(asked.text, 'challenge');
    const way = 'recovery-code';
    const signedIn = await send({ challenge, way, 'factor-code': codes[0] ?? '' });
    expect(signedIn.status).toBe(303);
  });

  it('leads a handle that is none back to the password, and makes no markup of it', async () => {
    const challenge = '"><script>alert(1)</script>';
    const forged = await send({ challenge, 'factor-code': '123456' });
    expect([forged.status, forged.text.includes('That took too long')]).toEqual([401, true]);
    expect(forged.text).toContain('name="password"');
    const switched = await send({ challenge, 'other-way': 'app' });
    expect(switched.text).not.toContain('<script>alert');
  });

  it('is refused from another site', async () => {
    const { email, password, secret } = await addEnrolledUser();
    const challenge = hiddenIn((await send({ email, password })).text, 'challenge');
    const form = { challenge, 'factor-code': codeAt(secret) };
    const foreign = await send(form, { Origin: 'https://evil.example' });
    expect([foreign.status, foreign.headers.has('Set-Cookie')]).toEqual([403, false]);
    expect((await send(form)).status).toBe(303);
  });
});
