/** Passkeys that are not made, not used or not accepted, and browsers that know none. */
import { expect } from 'vitest';
import { origin, test } from './browser.ts';
import { shown } from './factor-objects.ts';
import { accountShown, notice, signIn, signOut, submitLogin } from './page-objects.ts';
import { addAuthenticator, addPasskey, namePasskey, passkeyRows } from './passkey-objects.ts';

const name = 'email-remember';
const CANCELLED = 'That was cancelled, or took too long. You can try again.';
const formNotice = '#passkey-form-notice:not([hidden])';

test('a passkey is not made or used where its user is not verified, gives up, or is not known', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401);
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, ada);
  await authenticator.setUserVerified(false);
  await page.click('#add-passkey');
  await namePasskey(page, 'Laptop');
  await page.waitForSelector(formNotice);
  expect(await page.textContent(formNotice)).toBe(CANCELLED);
  expect(await page.locator(`${formNotice}.bad`).count()).toBe(0);
  await authenticator.setUserVerified(true);
  await namePasskey(page, 'Laptop');
  await expect.poll(() => passkeyRows(page).count()).toBe(1);
  // One device has one passkey of an account.
  await page.click('#add-passkey');
  await namePasskey(page, 'Again');
  await page.waitForSelector(formNotice);
  expect(await page.textContent(formNotice)).toContain('has a passkey for your account already');
  await page.click('#cancel-passkey');
  expect(await page.isHidden('#passkey-naming')).toBe(true);

  await authenticator.signOut(name);
  await authenticator.setUserVerified(false);
  await page.click('#passkey-sign-in');
  expect(await notice(page)).toBe(CANCELLED);
  expect(await page.locator('#notice.bad').count()).toBe(0);
  expect(await page.getAttribute('#notice', 'role')).toBe('status');

  // Of a suggestion that is given up nothing is said, and the field suggests again.
  await page.reload();
  await authenticator.settled();
  expect(await page.isHidden('#notice')).toBe(true);
  await authenticator.setUserVerified(true);
  await page.focus('#email');
  await accountShown(page);
  await page.click('#passkey-list button:last-child');
  await expect.poll(() => passkeyRows(page).count()).toBe(0);
  await authenticator.signOut(name);
  await page.click('#passkey-sign-in');
  expect(await notice(page)).toContain('This passkey was not accepted.');
});

test('options for another domain are not used', async ({ openBrowser, users: { ben } }) => {
  const { page } = await openBrowser();
  const authenticator = await addAuthenticator(page);
  await page.route('**/passkeys/**options', async (route) => {
    const response = await route.fetch();
    const body = (await response.text())
      .replace('"rpId":"localhost"', '"rpId":"example.com"')
      .replace('"rp":{"id":"localhost"', '"rp":{"id":"example.com"');
    await route.fulfill({ response, body });
  });
  const domain = 'Passkeys cannot be used at this address.';
  await signIn(page, name, ben);
  await page.click('#add-passkey');
  await namePasskey(page, '');
  await page.waitForSelector(formNotice);
  expect(await page.textContent(formNotice)).toBe(domain);
  expect(await authenticator.credentials()).toEqual([]);
  await signOut(page, name);
  await page.click('#passkey-sign-in');
  expect(await notice(page)).toBe(domain);
});

test('another site gets no frame of the page, and no sign-in from one', async ({
  openBrowser,
  users: { cleo },
}) => {
  const { page, errors, expectStatus } = await openBrowser();
  expectStatus(401);
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, cleo);
  await addPasskey(page, 'Laptop');
  await authenticator.signOut(name);
  const html = `<iframe src="${origin}/${name}/login" allow="publickey-credentials-get *"></iframe>`;
  await page.route('https://other.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: html }),
  );
  await page.goto('https://other.example/');
  const frame = page.frameLocator('iframe');
  expect(await frame.locator('#passkey-sign-in').count()).toBe(0);

  // As if the headers did not keep it out.
  await page.route(`**/${name}/login`, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers['x-frame-options'];
    headers['content-security-policy'] = (headers['content-security-policy'] ?? '').replace(
      /frame-ancestors 'none'; /,
      '',
    );
    await route.fulfill({ response, headers });
  });
  await page.goto('https://other.example/');
  await frame.locator('#notice:not([hidden])').waitFor();
  expect(await frame.locator('#notice').textContent()).toContain('was not accepted');
  errors.splice(0);
});

test('a browser without passkeys signs in as before, lists them, and offers none', async ({
  openBrowser,
  users: { dora },
}) => {
  const { page } = await openBrowser();
  await addAuthenticator(page);
  await signIn(page, name, dora);
  await addPasskey(page, 'Laptop');

  for (const block of [
    () => delete (globalThis as { PublicKeyCredential?: unknown }).PublicKeyCredential,
    null,
  ]) {
    const other = await openBrowser();
    const scripts: string[] = [];
    other.page.on('request', (request) => scripts.push(request.url()));
    if (block !== null) await other.context.addInitScript(block);
    else await other.page.route('**/assets/passkeys.*', (route) => route.abort());
    await signIn(other.page, name, dora);
    await shown(other.page, 'passkeys');
    expect(await passkeyRows(other.page).count()).toBe(1);
    expect(await other.page.isHidden('#add-passkey')).toBe(block !== null);
    expect(scripts.some((url) => url.includes('/assets/passkeys.'))).toBe(block === null);
    expect(scripts.some((url) => url.endsWith('/login/options'))).toBe(false);
    if (block === null) {
      await other.page.click('#add-passkey');
      await namePasskey(other.page, '');
      await other.page.waitForSelector(formNotice);
      expect(await other.page.textContent(formNotice)).toContain('cannot be reached');
      expect(other.errors.splice(0).every((text) => text.includes('ERR_FAILED'))).toBe(true);
    }
    await signOut(other.page, name);
    expect(await other.page.isHidden('#passkey-sign-in')).toBe(true);
    other.errors.splice(0);
  }
});

test('a deployment that offers no passkeys lists them, and adds and uses none', async ({
  openBrowser,
  users: { dora },
}) => {
  const { page } = await openBrowser();
  await addAuthenticator(page);
  await signIn(page, name, dora);
  await shown(page, 'passkeys');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.route(/\/email-remember\/(?:login)?$/, async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    const body = html.replace('offersPasskeys&quot;:true', 'offersPasskeys&quot;:false');
    await route.fulfill({ response, body });
  });
  await page.reload();
  await shown(page, 'passkeys');
  expect(await passkeyRows(page).count()).toBe(1);
  expect(await page.isHidden('#add-passkey')).toBe(true);
  expect(await page.isHidden('#passkey-offer')).toBe(true);
  await signOut(page, name);
  await page.waitForSelector('button[type=submit]:not([disabled])');
  expect(await page.isHidden('#passkey-sign-in')).toBe(true);
  expect(requests.filter((url) => url.includes('/assets/passkeys.'))).toEqual([]);
});

test('a browser without suggestions has the button', async ({ openBrowser, users: { elsa } }) => {
  const { page, context } = await openBrowser();
  await context.addInitScript(() => {
    delete (PublicKeyCredential as { isConditionalMediationAvailable?: unknown })
      .isConditionalMediationAvailable;
  });
  await addAuthenticator(page);
  await page.goto(`/${name}/login`);
  await submitLogin(page, elsa);
  await accountShown(page);
  await addPasskey(page, 'Laptop');
  await signOut(page, name);
  await shown(page, 'passkey-sign-in');
  await page.click('#passkey-sign-in');
  await accountShown(page);
});
