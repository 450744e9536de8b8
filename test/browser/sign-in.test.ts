import { describe, expect } from 'vitest';
import { faultsOf, test } from './browser.ts';
import { contractCase, contractCases, fillIn, signIn } from './users.ts';

describe.each(contractCases)('$name', ({ name, of, inCookie, ...fields }) => {
  test('signs in, shows the profile, and signs out', async ({ visit, people: { ada } }) => {
    const { page, expectStatus } = await visit();
    await signIn(page, name, ada);
    expect(new URL(page.url()).pathname).toBe(`/${name}/`);
    expect(await page.textContent('#profile')).toContain(of(ada));
    expect(await page.textContent('#sessions')).toContain('This device');
    await page.click('#sign-out');
    await page.waitForURL(`**/${name}/login`);
    // With a cookie the page has to ask, and is refused.
    if (inCookie) expectStatus(401);
    await page.goto(`/${name}/`);
    await page.waitForURL(`**/${name}/login`);
  });

  test('says that a password is wrong, and takes the focus there', async ({
    visit,
    people: { ada },
  }) => {
    const { page, expectStatus } = await visit();
    expectStatus(401);
    await page.goto(`/${name}/login`);
    await fillIn(page, fields, [of(ada), 'not this password']);
    await page.click('button[type=submit]');
    await page.waitForFunction(() => document.activeElement?.id === 'notice');
    expect(await page.textContent('#notice')).toBe(
      name.startsWith('username') ? 'Wrong username or password.' : 'Wrong e-mail or password.',
    );
    expect(await page.isEnabled('button[type=submit]')).toBe(true);
  });
});

test('remembers in the browser only where asked, and for as long as the contract does', async ({
  visit,
  people: { ada },
}) => {
  const { page, tab } = await visit();
  await signIn(page, 'email-remember', ada);
  const kept = () => page.evaluate(() => [localStorage.length, sessionStorage.length]);
  expect(await kept()).toEqual([0, 1]);
  await page.click('#sign-out');
  await page.waitForURL('**/login');
  await fillIn(page, contractCase('email-remember'), [ada.email, ada.password]);
  await page.check('#remember');
  const sent = page.waitForRequest('**/auth/login');
  await page.click('button[type=submit]');
  expect((await sent).postDataJSON()).toMatchObject({ rememberMe: true });
  await page.waitForSelector('#private:not([hidden])');
  expect(await kept()).toEqual([1, 0]);

  const other = await tab();
  await other.goto('/email-remember/');
  await other.waitForSelector('#private:not([hidden])');
  await other.click('#sign-out');
  await other.waitForURL('**/login');
  await page.waitForURL('**/login');
  expect(await kept()).toEqual([0, 0]);
});

test('keeps no token of the cookie contract where scripts of tomorrow could read it', async ({
  visit,
  people: { ada },
}) => {
  const { page } = await visit();
  await signIn(page, 'email-cookie', ada);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await page.reload();
  await page.waitForSelector('#private:not([hidden])');
});

test('shows nothing private to who goes back after a sign-out', async ({
  visit,
  people: { ada },
}) => {
  for (const name of ['email-cookie', 'email-remember']) {
    const { page, expectStatus } = await visit();
    expectStatus(401);
    await page.goto('/docs');
    await signIn(page, name, ada);
    await page.click('#sign-out');
    await page.waitForURL(`**/${name}/login`);
    await page.goBack();
    expect(await page.content()).not.toContain(ada.email);
    await page.goForward();
    await page.waitForURL(`**/${name}/login`);
    expect(await page.content()).not.toContain(ada.email);
  }
});

test('counts down a lock, keeps the button shut till then, and says when it is over', async ({
  visit,
  people: { ada },
}) => {
  const { page, expectStatus } = await visit();
  expectStatus(423);
  await page.clock.install();
  await page.goto('/email-remember/login');
  await page.route('**/auth/login', (route) =>
    route.fulfill({
      status: 423,
      headers: { 'Retry-After': '90' },
      json: { error: { code: 'ACCOUNT_LOCKED', message: '<b>raw words of the server</b>' } },
    }),
  );
  await fillIn(page, contractCase('email-remember'), [ada.email, 'whatever it was']);
  await page.click('button[type=submit]');
  await page.waitForSelector('#timer:not([hidden])');
  const notice = await page.textContent('#notice');
  expect(notice).toContain('locked');
  expect(notice).toContain('about 2 minutes');
  expect(notice).not.toContain('raw words');
  expect(await page.textContent('#timer')).toMatch(/^01:(30|29)$/);
  expect(await page.getAttribute('button[type=submit]', 'aria-disabled')).toBe('true');
  expect(await faultsOf(page)).toEqual([]);
  await page.clock.runFor(30_000);
  expect(await page.textContent('#timer')).toMatch(/^01:00|00:59$/);
  expect(await page.textContent('#notice')).toBe(notice);
  await page.clock.runFor(61_000);
  expect(await page.isHidden('#timer')).toBe(true);
  expect(await page.textContent('#notice')).toBe('You can try again now.');
  expect(await page.getAttribute('button[type=submit]', 'aria-disabled')).toBe('false');
});

test('tells a lock from an inactive account, where both have one status and one code', async ({
  visit,
  people: { inactive },
}) => {
  const { page, expectStatus } = await visit();
  expectStatus(401, 403);
  await page.goto('/email-envelope/login');
  const submit = async (password: string) => {
    await fillIn(page, contractCase('email-envelope'), [inactive.email, password]);
    const answered = page.waitForResponse('**/auth/login');
    await page.click('button[type=submit]');
    await answered;
    await page.waitForSelector('#notice:not([hidden])');
    await page.waitForSelector('form:not([aria-busy=true])');
    return page.textContent('#notice');
  };
  expect(await submit(inactive.password)).toContain('ask support');
  for (const attempt of [1, 2, 3, 4, 5]) {
    expect(await submit(`wrong password ${attempt}`)).toBe('Wrong e-mail or password.');
  }
  expect(await submit(inactive.password)).toMatch(/locked.*ask support.*about 15 minutes/);
  expect(await page.textContent('#timer')).toMatch(/^1[45]:/);
});

test('says a limit by the address as a limit', async ({ visit, people: { nobody } }) => {
  const { page, expectStatus } = await visit();
  expectStatus(401, 429);
  await page.goto('/email-remember/login');
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await page.request.post('/email-remember/api/v1/auth/login', {
      data: { email: `${attempt}.${nobody.email}`, password: 'x' },
    });
  }
  await fillIn(page, contractCase('email-remember'), [nobody.email, 'whatever']);
  await page.click('button[type=submit]');
  await page.waitForSelector('#timer:not([hidden])');
  expect(await page.textContent('#notice')).toContain('Too many attempts from your network');
});

test('says so where nobody answers, and signs in once someone does', async ({
  visit,
  people: { ada },
}) => {
  const { page, context, troubles } = await visit();
  await page.goto('/login');
  await fillIn(page, contractCase('email-remember'), [ada.email, ada.password]);
  await context.setOffline(true);
  await page.click('button[type=submit]');
  await page.waitForSelector('#notice:not([hidden])');
  expect(await page.textContent('#notice')).toContain('check your connection');
  expect(troubles.splice(0).every((said) => said.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
  await context.setOffline(false);
  await page.click('button[type=submit]');
  await page.waitForSelector('#private:not([hidden])');
});

test('sends a form once, however often its button is pressed', async ({
  visit,
  people: { ada },
}) => {
  const { page } = await visit();
  let sent = 0;
  const pressed = Promise.withResolvers<void>();
  await page.route('**/auth/login', async (route) => {
    sent += 1;
    await pressed.promise;
    await route.continue();
  });
  await page.goto('/login');
  await fillIn(page, contractCase('email-remember'), [ada.email, ada.password]);
  await page.click('button[type=submit]');
  expect(await page.getAttribute('form', 'aria-busy')).toBe('true');
  await page.click('button[type=submit]', { force: true, noWaitAfter: true });
  await page.press('#password', 'Enter');
  pressed.resolve();
  await page.waitForSelector('#private:not([hidden])');
  expect(sent).toBe(1);
});

test('leads to where the visitor wanted to go, and never to another site', async ({
  visit,
  people: { ada },
}) => {
  for (const [wanted, led] of [
    ['/email-remember/?from=here', '/email-remember/?from=here'],
    ['//evil.example/', '/email-remember/'],
    ['https://evil.example/', '/email-remember/'],
    ['/\\evil.example', '/email-remember/'],
  ] as const) {
    const { page } = await visit();
    await page.goto(`/email-remember/login?return_to=${encodeURIComponent(wanted)}`);
    await fillIn(page, contractCase('email-remember'), [ada.email, ada.password]);
    await page.click('button[type=submit]');
    await page.waitForSelector('#private:not([hidden])');
    const { pathname, search } = new URL(page.url());
    expect(pathname + search).toBe(led);
  }
});

test('checks what was entered, beside the fields, and shows a password only while asked', async ({
  visit,
}) => {
  const { page } = await visit();
  await page.goto('/login');
  await page.fill('#email', 'no address');
  await page.click('button[type=submit]');
  expect(await page.getAttribute('#email', 'aria-invalid')).toBe('true');
  expect(await page.textContent('#email-error')).toContain('e-mail address');
  expect(await page.textContent('#password-error')).toContain('fill this in');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('email');
  await page.fill('#email', 'a@example.com');
  expect(await page.getAttribute('#email', 'aria-invalid')).toBe(null);

  await page.fill('#password', 'a secret');
  await page.click('[data-reveal=password]');
  expect(await page.getAttribute('#password', 'type')).toBe('text');
  expect(await page.getAttribute('[data-reveal]', 'aria-pressed')).toBe('true');
  await page.click('[data-reveal=password]');
  expect(await page.getAttribute('#password', 'type')).toBe('password');
});
