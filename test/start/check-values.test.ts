/** The values of settings in `npm run check -- --remote`: each mistake in one line, with the way out. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { siteOf } from '../../tools/check/origins.ts';
import { checkPlaceholders } from '../../tools/check/settings.ts';
import { checkRemote, deployed, directory, SENDER } from '../support/check-deployment.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const BOUNDS = 'docs/configuration.md has its format and bounds.';

it.each<[string, (toml: string) => string, string[]]>([
  [
    'a setting in the wrong group',
    (toml) => toml.replace('AUDIENCE =', '#').replace('perHour', 'AUDIENCE = "x"\nperHour'),
    [
      'error  EMAIL_LIMITS.AUDIENCE: there is no such setting. Move AUDIENCE above the first [vars.…].',
      `error  AUDIENCE: is missing. ${BOUNDS}`,
    ],
  ],
  [
    'a setting that has moved',
    (toml) => toml.replace('[vars.MAIL]', '[vars.MAIL]\nservice = "Acme"'),
    [`error  MAIL: has no service any more: set BRAND.name. ${BOUNDS}`],
  ],
  [
    'a value out of its bounds',
    (toml) => toml.replace('threshold = 5', 'threshold = 500'),
    [
      `error  LOCKOUT.threshold: Too big: expected number to be <=100. ${BOUNDS}`,
      `error  LOCKOUT: stopAfterFailures is below threshold. ${BOUNDS}`,
    ],
  ],
  [
    'sample values that were taken over',
    (toml) => toml.replace('# PAGES_ORIGIN', 'PAGES_ORIGIN').replace('# support', 'support'),
    [
      'error  PAGES_ORIGIN: still names the placeholder example.com. Name the domain of this deployment.',
      'error  BRAND.support: still names the placeholder example.com. Name the domain of this deployment.',
      'note  MAIL.from: login.acme.dev is neither login.example.com nor a domain above it. Send from the domain of the pages, so that links and sender agree.',
      SENDER,
    ],
  ],
  [
    'a host with its scheme',
    (toml) => toml.replace('# "login.example.com"', '"https://login.acme.dev"'),
    [
      'error  CONTRACT_HOSTS, https://login.acme.dev: is not a host name. Write it without scheme, path and slash, as "login.example.com".',
      SENDER,
    ],
  ],
  [
    'values of another type, with the right form',
    (toml) =>
      toml
        .replace('ALLOWED_ORIGINS = []', 'ALLOWED_ORIGINS = "https://app.acme.dev"')
        .replace('DEVICE_COOKIES = true', 'DEVICE_COOKIES = "yes"')
        .replace('AUDIT_RETENTION_DAYS = 400', 'AUDIT_RETENTION_DAYS = "a year"'),
    [
      'error  ALLOWED_ORIGINS: is not JSON. Write a list, as ["one", "two"].',
      'error  DEVICE_COOKIES: is not JSON. Write true or false, without quotes.',
      'error  AUDIT_RETENTION_DAYS: is not JSON. Write a number, without quotes.',
    ],
  ],
  [
    'an origin with a slash behind',
    (toml) => toml.replace('ALLOWED_ORIGINS = []', 'ALLOWED_ORIGINS = ["https://app.acme.dev/"]'),
    [
      'error  ALLOWED_ORIGINS.0: is not an origin. Write scheme and host alone, as "https://app.example.com": no path, and no slash behind.',
    ],
  ],
])('reports %s', async (_, change, expected) => {
  const toml = change(deployed);
  expect(toml).not.toBe(deployed);
  expect((await checkRemote(toml)).lines).toEqual(expected);
});

it.each([
  ['https://login.example.com/x', 'example.com'],
  ['Acme <no-reply@example.org>', 'example.org'],
  ['https://GATEHOUSE.example', 'GATEHOUSE.example'],
  ['https://my-example.com', null],
  ['https://example.com.au', null],
  ['https://example.community', null],
])('takes the domain in %s for a placeholder: %s', (MAIL, found) => {
  const problems = checkPlaceholders({ MAIL }).map(({ place, problem }) => `${place}: ${problem}`);
  expect(problems).toEqual(found === null ? [] : [`MAIL: still names the placeholder ${found}`]);
});

it.each([
  ['login.example.com', 'example.com'],
  ['a.b.example.com.', 'example.com'],
  ['app.example.co.uk', 'example.co.uk'],
  ['shop.web.de', 'web.de'],
  ['team.workers.dev', 'team.workers.dev'],
  ['api.team.workers.dev', 'team.workers.dev'],
  ['someone.github.io', 'someone.github.io'],
  ['localhost', 'localhost'],
  ['192.0.2.1', '192.0.2.1'],
  ['[2001:db8::1]', '[2001:db8::1]'],
])('takes %s for the site %s', (host, site) => {
  expect(siteOf(host)).toBe(site);
});
