/** Where mail comes from and how it goes, where its links lead, and what passwords must be. */
import { describe, expect, it } from 'vitest';
import { complaint, settingsWith } from './sample-env.ts';

const CANARY = 'c4n4ry';

describe('mail', () => {
  it.each([
    ['Acme <hi@acme.example>', { name: 'Acme', email: 'hi@acme.example' }],
    ["Åsa's Login <hi@acme.example>", { name: "Åsa's Login", email: 'hi@acme.example' }],
    ['hi@acme.example', { name: 'Gatehouse', email: 'hi@acme.example' }],
  ])('comes from %s', (from, sender) => {
    expect(settingsWith({ MAIL: { from } }).mail.from).toEqual(sender);
  });

  it('comes from the pages, and under the name of the service, where nobody says otherwise', () => {
    const settings = settingsWith({
      MAIL: { service: 'Acme' },
      PAGES_ORIGIN: 'https://login.acme.example:8443',
    });
    expect(settings.mail).toEqual({
      service: 'Acme',
      pagesOrigin: 'https://login.acme.example:8443',
      from: { name: 'Acme', email: 'no-reply@login.acme.example' },
      transport: { kind: 'binding' },
    });
  });

  it('takes the key along where Resend carries it, and not where it does not', () => {
    const RESEND_API_KEY = 're_key';
    const by = (transport: string) =>
      settingsWith({ MAIL: { transport }, RESEND_API_KEY }).mail.transport;
    expect(by('resend')).toEqual({ kind: 'resend', key: 're_key' });
    expect(by('binding')).toEqual({ kind: 'binding' });
  });

  it('needs the key where Resend carries it', () => {
    expect(complaint({ MAIL: { transport: 'resend' } })).toMatch(
      /^ {2}RESEND_API_KEY: is missing/m,
    );
  });

  it("has links to the origin of the issuer, or to the pages' own", () => {
    const ISSUER = 'https://login.example/realm/one';
    expect(settingsWith({ ISSUER }).mail.pagesOrigin).toBe('https://login.example');
    const PAGES_ORIGIN = 'https://pages.example';
    expect(settingsWith({ ISSUER, PAGES_ORIGIN }).mail.pagesOrigin).toBe(PAGES_ORIGIN);
  });

  it('has plain http links in local development alone', () => {
    const PAGES_ORIGIN = 'http://localhost:3000';
    expect(complaint({ PAGES_ORIGIN })).toContain('  PAGES_ORIGIN: is not https');
    expect(settingsWith({ PAGES_ORIGIN, LOCAL_DEVELOPMENT: 'true' }).mail.pagesOrigin).toBe(
      PAGES_ORIGIN,
    );
  });
});

describe('what stops the start', () => {
  const malformed: Record<string, unknown[]> = {
    PASSWORD_RULES: [
      CANARY,
      5,
      ...[7, 65, 8.5, '8', CANARY].map((least) => ({ least })),
      ...[63, 1025, CANARY].map((most) => ({ most })),
      { breached: 'true' },
      { lest: 8 },
    ],
    PAGES_ORIGIN: [CANARY, '', 5, null, `https://${CANARY}/`, `https://${CANARY}/path`, 'null'],
    MAIL: [
      CANARY,
      5,
      { transport: CANARY },
      ...[
        CANARY,
        '',
        `${CANARY}@`,
        `${CANARY} <${CANARY}>`,
        `a\r\nBcc: ${CANARY} <a@b.example>`,
        `"${CANARY}" <a@b.example>`,
        `\\ <a@b.example>`,
        `a, b <a@b.example>`,
        `a <a@b.example>, b <c@d.example>`,
        5,
      ].map((from) => ({ from })),
      ...['', ' ', `a\n${CANARY}`, `<${CANARY}>`, 'x'.repeat(61), 'a\u2028b', 5].map((service) => ({
        service,
      })),
      { form: 'a@b.example' },
    ],
    EMAIL_LIMITS: [
      CANARY,
      5,
      ...[0, -1, 1.5, 1_001, CANARY].map((perAddressPerHour) => ({ perAddressPerHour })),
      ...[0, 1.5, 1_000_001, CANARY].map((perHour) => ({ perHour })),
      { perhour: 5 },
    ],
    EMAIL_DELAY_MS: [CANARY, -1, 1.5, 10_001, null, {}],
    RESEND_API_KEY: ['', `re ${CANARY}`, `re\n${CANARY}`, 5, null],
  };
  const rows = Object.entries(malformed).flatMap(([name, values]) =>
    values.map((value) => ({ name, value, text: JSON.stringify(value) })),
  );

  it.each(rows)('names $name where it is $text, and shows nothing of it', ({ name, value }) => {
    const message = complaint({ [name]: value });
    expect(message).toMatch(new RegExp(`^ {2}${name}[.:]`, 'm'));
    expect(message).not.toContain(CANARY);
  });

  it('names PAGES_ORIGIN where the issuer has no origin', () => {
    expect(complaint({ ISSUER: 'urn:example:issuer', LOCAL_DEVELOPMENT: 'true' })).toMatch(
      /^ {2}PAGES_ORIGIN: is missing/m,
    );
  });
});

it('limits and delay of e-mail have defaults, and their bounds are themselves allowed', () => {
  expect(settingsWith()).toMatchObject({
    emailLimits: { perAddressPerHour: 10, perHour: 1000 },
    emailDelayMs: 2000,
  });
  for (const [EMAIL_LIMITS, EMAIL_DELAY_MS] of [
    [{ perAddressPerHour: 1, perHour: 1 }, 0],
    [{ perAddressPerHour: 1000, perHour: 1_000_000 }, 10_000],
  ] as const) {
    expect(settingsWith({ EMAIL_LIMITS, EMAIL_DELAY_MS })).toMatchObject({
      emailLimits: EMAIL_LIMITS,
      emailDelayMs: EMAIL_DELAY_MS,
    });
  }
});

it('bounds of password lengths are themselves allowed', () => {
  for (const PASSWORD_RULES of [
    { least: 8, most: 64 },
    { least: 64, most: 1024 },
  ]) {
    expect(settingsWith({ PASSWORD_RULES }).passwordRules).toMatchObject(PASSWORD_RULES);
  }
});
