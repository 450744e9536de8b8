/** Links of e-mails that lead to pages of the deployment's own. */
import { describe, expect, it } from 'vitest';
import type { EmailTemplate } from '../../src/flows/ports/mail.ts';
import { renderEmail } from '../../src/mail/templates.ts';
import { loadMessages } from '../fixtures/messages.ts';
import { complaint, settingsWith } from './sample-env.ts';

const EMAIL_LINKS = {
  signIn: 'https://app.example/in?c={contract}',
  forgotPassword: 'https://app.example/{language}/forgot',
  resetPassword: 'https://app.example/{language}/reset?c={contract}#t={token}&l={language}',
  verifyEmail: 'https://app.example/#/verify/{code}',
  revokeSession: 'https://app.example/was-it-you#{token}',
};

const written = async (links: object, template: EmailTemplate) =>
  renderEmail(settingsWith({ EMAIL_LINKS: links }).mail, 'email-cookie', {
    template,
    messages: await loadMessages('de'),
  });

const device = { device: ['Firefox'], atMs: 0, minutes: 60 };
const verification = { kind: 'verification-code', code: '012345', minutes: 10 } as const;

describe.each<[EmailTemplate, link: string]>([
  [{ kind: 'email-changed' }, 'https://app.example/in?c=email-cookie'],
  [{ kind: 'password-changed' }, 'https://app.example/de/forgot'],
  [
    { kind: 'password-reset', token: 'a/b&c', minutes: 60 },
    'https://app.example/de/reset?c=email-cookie#t=a%2Fb%26c&l=de',
  ],
  [verification, 'https://app.example/#/verify/012345'],
  [{ ...verification, kind: 'registration-code' }, 'https://app.example/#/verify/012345'],
  [{ kind: 'new-device', token: 't0k3n', ...device }, 'https://app.example/was-it-you#t0k3n'],
])('%o', (template, link) => {
  it(`leads to ${link}`, async () => {
    const { text, html } = await written(EMAIL_LINKS, template);
    expect(text.match(/https:\/\/app\S+/g)).toEqual([link]);
    expect(html).toContain(`href="${link.replaceAll('&', '&amp;')}"`);
  });
});

it('carries the code beside its link', async () => {
  const { text, html } = await written(EMAIL_LINKS, verification);
  expect(text).toContain('    012345\n\n    https://app.example/#/verify/012345\n');
  expect(html).toContain('>012345</p>');
});

it.each<[EmailTemplate, object]>([
  [verification, {}],
  [{ kind: 'email-change-code', code: '012345', minutes: 10 }, EMAIL_LINKS],
])('has a code alone: %o', async (template, links) => {
  const { html } = await written(links, template);
  expect([html.includes('012345'), html.includes('href')]).toEqual([true, false]);
});

it('may be plain http in local development', () => {
  const local = { LOCAL_DEVELOPMENT: 'true', EMAIL_LINKS: { signIn: 'http://localhost:5173/' } };
  expect(settingsWith(local).mail.links.signIn).toBe('http://localhost:5173/');
});

describe('a link is refused', () => {
  const NO_URL = 'signIn is not an absolute https URL';
  const UNKNOWN = 'has an unknown placeholder: it may have {contract}, {language}';
  const EARLY = 'before "#", where it would stand in logs and Referer headers: put it behind';

  it.each<[says: string, name: string, ...links: string[]]>([
    [NO_URL, 'signIn', '/login', 'c4n4ry', 'http://a.b', 'https://', 'javascript:x', '//a.b'],
    [
      NO_URL,
      'signIn',
      'https://{contract}.a.b',
      'https://u@a.b',
      'https://a.b/ c',
      'https://a.b/"',
    ],
    [`signIn ${UNKNOWN}`, 'signIn', 'https://a.b/#{token}', 'https://a.b/{user}', 'https://a.b/{'],
    [`verifyEmail ${UNKNOWN}, {code}`, 'verifyEmail', 'https://a.b/#{token}'],
    ['resetPassword needs {token} behind "#"', 'resetPassword', 'https://a.b/', 'https://a.b/#x'],
    ['verifyEmail needs {code} behind "#"', 'verifyEmail', 'https://a.b/#{contract}'],
    [`revokeSession has {token} ${EARLY}`, 'revokeSession', 'https://a.b/?t={token}#{token}'],
    [`resetPassword has {token} ${EARLY}`, 'resetPassword', 'https://a.b/{token}#x'],
  ])('because %s', (says, name, ...links) => {
    for (const link of links) {
      const message = complaint({ EMAIL_LINKS: { [name]: link } });
      expect([link, message]).toEqual([link, expect.stringContaining(`  EMAIL_LINKS: ${says}`)]);
      expect(message).not.toContain(link);
    }
  });

  it.each(['c4n4ry', 5, { login: 'https://a.example' }, { signIn: '' }, { signIn: 5 }])(
    'that is malformed: %j',
    (links) => {
      expect(complaint({ EMAIL_LINKS: links })).toMatch(/^ {2}EMAIL_LINKS[.:]/m);
    },
  );
});
