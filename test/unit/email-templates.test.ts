/** E-mails: text and HTML agree, and no value becomes markup, a header, or a link elsewhere. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailLinksOf } from '../../src/email-link-settings.ts';
import type { EmailTemplate } from '../../src/flows/ports/mail.ts';
import { english } from '../../src/languages/load.ts';
import { plainBrand } from '../fixtures/brand.ts';
import { renderEmail, type EmailBranding } from '../../src/mail/templates.ts';

const renderIn = (branding: EmailBranding, contract: string, template: EmailTemplate) =>
  renderEmail(branding, contract, { template, messages: english });

const pagesOrigin = 'https://login.example';
const head = { brand: plainBrand, pagesOrigin, links: emailLinksOf({}, pagesOrigin) };

const FORGOT = 'https://login.example/email-cookie/forgot';
const LOGIN = 'https://login.example/email-cookie/login';

const templates: { template: EmailTemplate; key: string }[] = [
  { template: { kind: 'verification-code', code: '012345', minutes: 10 }, key: '012345' },
  { template: { kind: 'registration-code', code: '543210', minutes: 10 }, key: '543210' },
  { template: { kind: 'registration-attempt' }, key: FORGOT },
  {
    template: { kind: 'password-reset', token: 'a-T_0k3n', minutes: 30 },
    key: 'https://login.example/email-cookie/reset#token=a-T_0k3n',
  },
  { template: { kind: 'password-changed' }, key: FORGOT },
  { template: { kind: 'password-changed', passkeysStay: true }, key: FORGOT },
  { template: { kind: 'email-change-code', code: '987654', minutes: 1 }, key: '987654' },
  { template: { kind: 'email-change-notice' }, key: FORGOT },
  { template: { kind: 'email-changed' }, key: LOGIN },
  { template: { kind: 'factor-added' }, key: FORGOT },
  { template: { kind: 'factor-removed' }, key: FORGOT },
  { template: { kind: 'recovery-codes-replaced' }, key: FORGOT },
  { template: { kind: 'recovery-code-used', left: 9 }, key: FORGOT },
  { template: { kind: 'passkey-added', name: "Zoë's phone" }, key: LOGIN },
  { template: { kind: 'passkey-removed', name: null }, key: FORGOT },
  { template: { kind: 'passkey-counted-back', name: 'YubiKey 5' }, key: LOGIN },
  { template: { kind: 'password-removed' }, key: FORGOT },
  { template: { kind: 'factors-reset' }, key: FORGOT },
  {
    template: {
      kind: 'new-device',
      device: ['Firefox', 'Linux'],
      atMs: 0,
      token: 'a-T_0k3n',
      minutes: 1440,
    },
    key: 'https://login.example/email-cookie/revoke#token=a-T_0k3n',
  },
];

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const unescaped = (markup: string) =>
  markup.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '');
/** The HTML as its reader sees it. */
const visibleText = (markup: string) => unescaped(markup.replaceAll(/<[^>]*>/g, ''));
const tags = (markup: string) => markup.match(/<[^>]*>/g);
const hrefs = (markup: string) =>
  [...markup.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => unescaped(url));

describe.each(templates)('$template.kind', ({ template, key }) => {
  const written = renderIn(head, 'email-cookie', template);

  it('has the same code or link in text and in HTML', () => {
    const codes = /(?<!\d)\d{6}(?!\d)/g;
    const links = /https:\S+\/email-cookie\/[^\s<"]+/g;
    for (const body of [written.text, visibleText(written.html)]) {
      expect([...(body.match(codes) ?? []), ...(body.match(links) ?? [])]).toEqual([key]);
    }
    expect(hrefs(written.html)).toEqual(key.startsWith('https') ? [key] : []);
  });

  it('has every line of the text in the HTML', () => {
    const flat = visibleText(written.html).replaceAll(/\s+/g, ' ');
    for (const line of written.text.split('\n')) expect(flat).toContain(line.trim().slice(2));
  });

  it('names the service in its subject, and no code or link', () => {
    expect(written.subject).toContain('Gatehouse');
    expect(written.subject).not.toMatch(/\d|https?:/);
  });

  it('says what to do if somebody else caused it', () => {
    expect(written.text).toMatch(/if (?:this was (?:not )?you|you did not ask)/i);
  });

  it('loads nothing and runs nothing', () => {
    expect(written.html).not.toMatch(/<(?:img|script|link|iframe|object|form)|src=|url\(|@import/i);
  });
});

it.each([
  [1, 'valid for 1 minute.'],
  [10, 'valid for 10 minutes.'],
])('names the lifetime of a code: %i', (minutes, lifetime) => {
  const { text, html } = renderIn(head, 'x', { kind: 'verification-code', code: '1', minutes });
  expect(text).toContain(lifetime);
  expect(html).toContain(lifetime);
});

it('says that the code of a registration works with its password only', () => {
  const template = { kind: 'registration-code', code: '543210', minutes: 10 } as const;
  const { subject, text } = renderIn(head, 'x', template);
  expect(subject).toBe('Confirm your address for Gatehouse');
  expect(text).toContain('The code is valid for 10 minutes.');
  expect(text).toContain(
    'The code is valid with the password of this registration only: each registration has a code of its own.',
  );
  expect(text).not.toContain('already');
});

it.each(['Zoë’s phone', 'YubiKey 5 (blue)', '電話_2', 'x'.repeat(64)])(
  'names a passkey: %s',
  (name) => {
    for (const kind of ['passkey-added', 'passkey-removed', 'passkey-counted-back'] as const) {
      const { text, html, subject } = renderIn(head, 'x', { kind, name });
      expect(text).toContain(`Name of the passkey: ${name}`);
      expect(visibleText(html)).toContain(`Name of the passkey: ${name}`);
      expect(subject).not.toContain(name);
    }
  },
);

// A thief of a session may choose it, and the owner trusts the service's own e-mail.
it.each([
  'evil.example',
  'evil。example',
  'https://evil',
  'a@evil',
  '+1/2',
  'tel:1',
  'x'.repeat(65),
  '”, call us',
  'a\nb',
  'a\u202Eb',
  '',
  null,
])('leaves out the name of a passkey that could read as a link, or as our words: %j', (name) => {
  const { text } = renderIn(head, 'x', { kind: 'passkey-added', name });
  expect(text).not.toContain('Name of the passkey');
  if (name) expect(text).not.toContain(name);
});

it.each(['email-changed', 'factor-added', 'factor-removed', 'factors-reset'] as const)(
  'names the operator where a new password may not be enough to sign in: %s',
  (kind) => {
    expect(renderIn(head, 'x', { kind }).text).toContain('contact the operator of Gatehouse.');
  },
);

it('says of a reset by the operator to set up new factors, and not to do nothing', () => {
  const { text } = renderIn(head, 'x', { kind: 'factors-reset' });
  expect(text).toContain('and set up new ones');
  expect(text).not.toContain('do nothing');
});

it.each([
  [true, ['sign in as before', 'remove those that are not yours']],
  [false, []],
])('says after a reset of the password whether passkeys stay: %s', (passkeysStay, says) => {
  const { text } = renderIn(head, 'x', { kind: 'password-changed', passkeysStay });
  for (const words of says) expect(text).toContain(words);
  expect(text.includes('passkey')).toBe(passkeysStay);
});

describe('a value in an e-mail', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '"><script>alert(1)</script>',
      "' onclick='x",
      '</title><img src=x>',
      '&lt;b&gt;',
      'a\r\nBcc: eve@example.com',
      'a\u2028b\u0000c\u0085d',
      'javascript:alert(1)',
      '$& $1 ${x}',
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '\r', '\n', ' ', '/', '=') }),
  );
  const cases = fc.record({
    kind: fc.constantFrom(...templates.map(({ template }) => template.kind)),
    service: hostile,
    contract: hostile,
    secret: hostile,
  });
  interface Case {
    kind: EmailTemplate['kind'];
    service: string;
    contract: string;
    secret: string;
  }
  const harmless = { service: 'S', contract: 'c', secret: 's' };
  const render = ({ kind, service, contract, secret }: Case) =>
    renderIn({ ...head, brand: { ...plainBrand, name: service } }, contract, {
      kind,
      code: secret,
      token: secret,
      minutes: 10,
      left: 9,
      name: 'safe',
      device: [secret],
      atMs: 0,
    } as EmailTemplate);

  it('never becomes markup', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const plain = render({ ...each, ...harmless }).html;
        const { html } = render(each);
        const withoutLinks = (markup: string) =>
          tags(markup)?.map((tag) => tag.replace(/href="[^"]*"/, 'href'));
        expect(withoutLinks(html)).toEqual(withoutLinks(plain));
        expect(html.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('never adds a line to the subject or the text', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const { subject, text } = render(each);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        const lines = (body: string) => body.split(/[\r\n\u2028\u2029\u0085]/).length;
        expect(lines(text)).toBe(lines(render({ ...each, ...harmless }).text));
      }),
    );
  });

  it('never leads a link elsewhere, and a token arrives as it was', () => {
    // A lone surrogate has no UTF-8, so no URL: tokens are base64url.
    fc.assert(
      fc.property(cases, (each) => {
        const { kind, contract, secret } = each;
        fc.pre(contract.isWellFormed() && secret.isWellFormed());
        const { html } = render(each);
        for (const href of hrefs(html)) {
          const url = new URL(href);
          expect(url.origin).toBe(head.pagesOrigin);
          expect(href.startsWith(`${url.origin}/${encodeURIComponent(contract)}/`)).toBe(true);
          if (kind !== 'password-reset') continue;
          expect(decodeURIComponent(url.hash)).toBe(`#token=${secret}`);
        }
      }),
    );
  });
});
