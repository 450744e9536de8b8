import { describe, expect, it } from 'vitest';
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
        { email, password, return_to },
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
    expect(german.text).toContain('<html lang="de">');
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
    expect(locked.text).toContain('You can try again in about 15 minutes.');
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
