/** Changes of the account itself on the signed-in page, and its recent activity. */
import { describe, expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { overflows, shown } from './factor-objects.ts';
import {
  accountShown,
  contractCases,
  fieldError,
  fill,
  focusedId,
  formNotice,
  loginShown,
  openSection,
  pageNotice,
  sendForm,
  signIn,
  stubOperation,
  submitLogin,
} from './page-objects.ts';

const cases = contractCases.filter(({ name }) =>
  ['username-coded', 'email-envelope', 'email-cookie'].includes(name),
);
describe.each(cases)('$name', ({ name, refusals }) => {
  test('names a session, takes the name away, and ends all others', async ({
    openBrowser,
    users: { cleo },
  }) => {
    const other = await openBrowser();
    await signIn(other.page, name, cleo);
    const { page } = await openBrowser({ width: 320 });
    await signIn(page, name, cleo);
    const first = page.locator('#sessions li').first();
    const rename = async (text: string) => {
      await first.getByRole('button', { name: /^Rename the session: / }).click();
      await expect.poll(() => focusedId(page)).toBe('session-name');
      await fill(page, { 'session-name': text });
      await page.keyboard.press('Enter');
    };
    await rename('x'.repeat(65));
    expect(await fieldError(page, 'session-name')).toContain('at most 64');
    await page.click('#cancel-session');
    await rename(' Kitchen <b> ');
    expect(await pageNotice(page)).toBe('The session is renamed.');
    expect(await first.locator('strong').textContent()).toBe('Kitchen <b>');
    expect(await first.locator('.hint').textContent()).toContain('Chrome on Linux · ');
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
    await rename('');
    await expect.poll(() => first.locator('strong').textContent()).toBe('Chrome on Linux');

    await page.click('#end-others');
    await expect
      .poll(() => page.textContent('#page-notice'))
      .toBe('All other sessions have ended.');
    expect(await page.locator('#sessions li').count()).toBe(1);
    expect(await page.isHidden('#end-others')).toBe(true);
    other.expectStatus(401);
    await other.page.reload();
    await loginShown(other.page, name);
  });

  test('lists recent activity, once it is asked for', async ({ openBrowser, users: { dora } }) => {
    const { page, expectStatus } = await openBrowser({ width: 320 });
    expectStatus(...refusals);
    await page.goto(`/${name}/login`);
    await submitLogin(page, { ...dora, password: 'not the right one' });
    await shown(page, 'notice');
    await signIn(page, name, dora);
    expect(await page.locator('#activity li').count()).toBe(0);
    await page.click('#show-activity');
    await page.waitForSelector('#activity li');
    const texts = await page.locator('#activity li').allTextContents();
    expect(texts[0]).toMatch(
      /^Signed in.*\d{4}, \d\d:\d\d · Chrome on Linux · 198\.18\..*This device$/,
    );
    expect(texts[1]).toMatch(/^Sign-in refused/);
    expect(await focusedId(page)).toBe('activity-title');
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
    expect(await page.locator('#activity li').count()).toBe(0);
  });

  test('opens the change of the password where its address is asked for, after a sign-in too', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(401);
    await page.goto(`/${name}/#change`);
    await page.waitForURL(`**/${name}/login?return_to=*`);
    await submitLogin(page, ada);
    await page.waitForSelector('#change[open]');
    expect(await focusedId(page)).toBe('currentPassword');
    expect(page.url()).toContain(`/${name}/#change`);
  });
});

test('names the events of operators, and passwords that were right', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  await signIn(page, 'email-remember', ada);
  const actions = ['ADMIN_UNLOCKED', 'SECOND_FACTOR_ASKED', 'LOGIN_UNANSWERED'];
  const activity = actions.map((action) => ({ action, at: 0, address: null, device: null }));
  await stubOperation(page, 'activity', { json: { activity } });
  await page.click('#show-activity');
  await expect
    .poll(() => page.locator('#activity strong').allTextContents())
    .toEqual([
      'Changed by an operator',
      'Password accepted, second step asked for',
      'Other change',
    ]);
});

test('changes name, picture and language where the contract shows them', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser({ width: 320 });
  await signIn(page, 'email-envelope', ada);
  await openSection(page, 'Change profile');
  expect(await page.inputValue('#profile-name')).toBe('Ada Example');
  expect(await page.inputValue('#profile-language')).toBe('en');
  await fill(page, { 'profile-avatar': 'http://example.com/a.png' });
  await sendForm(page, 'profile-form');
  expect(await fieldError(page, 'profile-avatar')).toContain('https://');
  const sent: unknown[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/update-profile')) sent.push(request.postDataJSON());
  });
  const picture = 'https://example.com/a.png';
  await fill(page, { 'profile-name': ' Ada Lovelace ', 'profile-avatar': picture });
  await page.selectOption('#profile-language', 'he');
  await sendForm(page, 'profile-form');
  expect(await formNotice(page, 'profile-form')).toBe('Your profile is saved.');
  expect(sent).toEqual([{ name: 'Ada Lovelace', avatar: picture }, { language: 'he' }]);
  expect(await page.textContent('#profile')).toContain('Ada Lovelace');
  await page.reload();
  await accountShown(page);
  expect(await page.inputValue('#profile-avatar')).toBe(picture);
  expect(await page.inputValue('#profile-language')).toBe('he');

  // Shows neither name nor picture, so that saving cannot take them away unseen.
  await page.goto('/username-coded/login');
  await submitLogin(page, ada);
  await accountShown(page);
  await openSection(page, 'Change profile');
  expect(await page.locator('#profile-form input').count()).toBe(0);
  expect(await page.inputValue('#profile-language')).toBe('');
  await page.selectOption('#profile-language', 'en');
  await sendForm(page, 'profile-form');
  expect(await formNotice(page, 'profile-form')).toBe('Your profile is saved.');
  expect(sent.slice(2)).toEqual([{ language: 'en' }]);

  await page.goto('/realworld/login');
  await submitLogin(page, ada);
  await accountShown(page);
  await openSection(page, 'Change profile');
  expect(await page.inputValue('#profile-avatar')).toBe(picture);
  expect(await page.locator('#profile-form :is(input, select)').count()).toBe(1);
});

test('deletes the account with its password', async ({ openBrowser, users: { elsa } }) => {
  const { page, expectStatus } = await openBrowser({ width: 320 });
  expectStatus(401);
  await signIn(page, 'email-remember', elsa);
  await openSection(page, 'Delete account');
  await sendForm(page, 'delete-form');
  expect(await fieldError(page, 'delete-password')).toBe('Please fill this in.');
  await fill(page, { 'delete-password': 'not the right one' });
  await sendForm(page, 'delete-form');
  expect(await fieldError(page, 'delete-password')).toBe('The password is not right.');
  expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
  await fill(page, { 'delete-password': elsa.password });
  await sendForm(page, 'delete-form');
  await loginShown(page, 'email-remember');
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await submitLogin(page, elsa);
  await shown(page, 'notice');
  expect(await page.textContent('#notice')).toContain('Wrong e-mail or password.');
});
