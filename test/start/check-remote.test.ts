/** `npm run check -- --remote` on variations of the real wrangler.toml, and of what is deployed. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import {
  checkRemote,
  deployed,
  directory,
  original,
  SECRETS,
  SENDER,
  type Answers,
} from '../support/check-deployment.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const BOUNDS = 'docs/configuration.md has its format and bounds.';
const ORIGINAL = 'Take it over from the wrangler.toml of the repository.';

it('accepts what is complete, with one reminder, and only reads', async () => {
  const { lines, asked } = await checkRemote(deployed);
  expect(lines).toEqual([SENDER]);
  expect(asked).toBe(
    'whoami --json\nsecret list --format json --config wrangler.toml\nd1 migrations list DB --remote --config wrangler.toml\n',
  );
});

it('reports placeholders and the missing database of a fresh clone', async () => {
  const { lines } = await checkRemote(original);
  const named = (place: string) =>
    `error  ${place}: still names the placeholder gatehouse.example. Name the domain of this deployment.`;
  expect(lines).toEqual([
    named('ISSUER'),
    named('AUDIENCE'),
    named('MAIL.from'),
    'error  [[d1_databases]]: DB has no database_id. Put in the one that `npx wrangler d1 create gatehouse` prints, or `npx wrangler d1 list`.',
  ]);
});

it('says in one sentence that wrangler is not logged in, and checks the rest', async () => {
  const { lines } = await checkRemote(deployed.replace('[vars]', '[vars]\nISUER = "x"'), {
    whoami: 1,
  });
  expect(lines).toEqual([
    'error  [vars], ISUER: there is no such setting. Rename it to ISSUER.',
    'error  wrangler: is not logged in, so secrets and migrations of the deployment were not checked. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.',
    SENDER,
  ]);
});

const put = (name: string) =>
  `error  ${name}: the secret is missing. Run \`npm run --silent secret ${name} | npx wrangler secret put ${name}\`.`;
const pending = 'Migrations to be applied:\n│ 0007_passkeys.sql │\n│ 0008_account_page.sql │\n';
const notFound = '\u{1B}[31m✘ [ERROR] \u{1B}[0mWorker "gatehouse" not found.\n\nmore\n';
it.each<[string, Answers, string[]]>([
  ['a missing secret', { secrets: ['SERVER_KEY', 'FACTOR_KEYS'] }, [put('TOKEN_KEYS')]],
  [
    'a misspelt secret',
    { secrets: [...SECRETS, 'OPERATORTOKEN'] },
    ['error  secrets, OPERATORTOKEN: there is no such setting. Rename it to OPERATOR_TOKEN.'],
  ],
  [
    'a Worker that is not deployed yet',
    { secrets: notFound },
    [
      'note  wrangler: the Worker is not deployed yet. Its secrets are made before the first deployment, see docs/deployment.md.',
      ...SECRETS.map(put),
    ],
  ],
  [
    'a command that fails',
    { secrets: '✘ [ERROR] More than one account available.\n' },
    [
      'error  wrangler secret list: failed: More than one account available. Run it by itself for all that it says.',
    ],
  ],
  [
    'the list of secrets behind a warning',
    { listed: '▲ [WARNING] Something is old.\n\n[\n  { "name": "TOKEN_KEYS" }\n]\n' },
    ['SERVER_KEY', 'FACTOR_KEYS'].map(
      (name) =>
        `error  ${name}: the secret is missing. Run \`npm run --silent secret ${name} | npx wrangler secret put ${name}\`.`,
    ),
  ],
  [
    'an answer about secrets that has no known form',
    { listed: 'No secrets yet.\n' },
    [
      'error  wrangler secret list: failed: printed no list of secrets. Run it by itself for all that it says.',
    ],
  ],
  [
    'migrations that are not applied',
    { migrations: pending },
    [
      'error  migrations: not applied: 0007_passkeys.sql, 0008_account_page.sql. Before the deployment, run `npx wrangler d1 migrations apply DB --remote`.',
    ],
  ],
  [
    'an answer about migrations that has no known form',
    { migrations: 'Something new.\n' },
    [
      'error  migrations: wrangler did not say whether all are applied. Before the deployment, run `npx wrangler d1 migrations apply DB --remote`.',
    ],
  ],
])('reports %s', async (_, answers, expected) => {
  const { lines } = await checkRemote(deployed, answers);
  expect(lines).toEqual([...expected, SENDER]);
});

it.each<[string, (toml: string) => string, string[]]>([
  [
    'our name in place of the service’s',
    (toml) => toml.replaceAll('"Acme', '"Gatehouse'),
    [
      'note  BRAND.name: names Gatehouse on pages or in e-mails. Give the name of your service.',
      'note  MAIL.from: names Gatehouse on pages or in e-mails. Give the name of your service.',
      SENDER,
    ],
  ],
  [
    'local development',
    (toml) => toml.replace('LOCAL_DEVELOPMENT = "false"', 'LOCAL_DEVELOPMENT = "true"'),
    [
      'error  LOCAL_DEVELOPMENT: is "true": plain http and a cheap hash would be allowed. Set it to "false"; .dev.vars has the local value.',
      SENDER,
    ],
  ],
  [
    'a secret that stands in the open',
    (toml) => toml.replace('[vars]', `[vars]\nOPERATOR_TOKEN = "${'x'.repeat(40)}"`),
    [
      'error  OPERATOR_TOKEN: is a secret, and stands in [vars], which everyone with the code can read. Make a new one, and `npx wrangler secret put OPERATOR_TOKEN`.',
      SENDER,
    ],
  ],
  [
    'a secret of another service in the open',
    (toml) => toml.replace('[vars]', '[vars]\nRESEND_API_KEY = "re_1"'),
    [
      'error  RESEND_API_KEY: is a secret, and stands in [vars], which everyone with the code can read. Make a new one, and `npx wrangler secret put RESEND_API_KEY`.',
      SENDER,
    ],
  ],
  [
    'a binding of another name, once',
    (toml) => toml.replace('binding = "DB"', 'binding = "USERS"'),
    [`error  [[d1_databases]]: there is no binding DB. ${ORIGINAL}`, SENDER],
  ],
  [
    'an entry that wrangler does not know',
    (toml) => toml.replace('crons =', 'cron ='),
    [
      'error  wrangler.toml, triggers: wrangler does not know "cron". Correct or remove it.',
      `error  [triggers]: there is no cron, so expired rows are never deleted. ${ORIGINAL}`,
      SENDER,
    ],
  ],
  [
    'bindings and objects that are missing',
    (toml) =>
      toml
        .replace(/^.*name = "ACCOUNT_LOCKOUT".*\n/m, '')
        .replace('to = "RateLimiter"', 'to = "RateLimitr"')
        .replace('name = "EMAIL"', 'name = "MAIL"')
        .replace('run_worker_first = true', ''),
    [
      'error  [assets]: pages could be served without their security headers. Set run_worker_first = true.',
      `error  [durable_objects]: ACCOUNT_LOCKOUT is not bound to AccountLockout. ${ORIGINAL}`,
      `error  [[send_email]]: MAIL has transport "binding", and there is no binding EMAIL. ${ORIGINAL}`,
      `error  [[migrations]]: none makes the SQLite class RateLimiter (they make RateLimitr). ${ORIGINAL}`,
      SENDER,
    ],
  ],
  [
    'an old compatibility date',
    (toml) => toml.replace('2026-10-23', '2024-01-01'),
    [
      'error  compatibility_date: 2024-01-01 is older than the tests cover. Set it to "2026-10-23".',
      SENDER,
    ],
  ],
  [
    'a compatibility date in the future',
    (toml) => toml.replace('2026-10-23', '2999-01-01'),
    [
      'error  compatibility_date: 2999-01-01 is in the future, which Cloudflare refuses. Set an earlier one.',
      SENDER,
    ],
  ],
  [
    'frontends of other sites, as a note where contracts without cookies are served',
    (toml) =>
      toml.replace(
        'ALLOWED_ORIGINS = []',
        'ALLOWED_ORIGINS = ["https://app.acme.dev", "https://acme.workers.dev", "http://localhost:5173"]',
      ),
    [
      'note  ALLOWED_ORIGINS, https://acme.workers.dev: is another site than login.acme.dev, so browsers keep the cookies of email-cookie back. Serve both below one registrable domain.',
      'note  ALLOWED_ORIGINS, http://localhost:5173: is not https. Name its https origin; local frontends belong into .dev.vars.',
      SENDER,
    ],
  ],
  [
    'frontends of other sites, as an error where all contracts have cookies',
    (toml) =>
      toml
        .replace(/^CONTRACTS = \[[^\]]*\]/m, 'CONTRACTS = ["email-cookie"]')
        .replace('ALLOWED_ORIGINS = []', 'ALLOWED_ORIGINS = ["https://other.dev"]'),
    [
      'error  ALLOWED_ORIGINS, https://other.dev: is another site than login.acme.dev, so browsers keep the cookies of email-cookie back. Serve both below one registrable domain.',
      SENDER,
    ],
  ],
  [
    "a sender of another domain than the pages'",
    (toml) => toml.replace('<no-reply@login.acme.dev>', '<no-reply@acme.dev>'),
    [SENDER.replaceAll('login.acme.dev', 'acme.dev')],
  ],
  [
    'a sender of a foreign domain',
    (toml) => toml.replace('<no-reply@login.acme.dev>', '<no-reply@mailer.net>'),
    [
      'note  MAIL.from: mailer.net is neither login.acme.dev nor a domain above it. Send from the domain of the pages, so that links and sender agree.',
      SENDER.replaceAll('login.acme.dev', 'mailer.net'),
    ],
  ],
  [
    'resend without its key',
    (toml) => toml.replace('transport = "binding"', 'transport = "resend"'),
    [`error  RESEND_API_KEY: is missing, and MAIL asks for resend. ${BOUNDS}`],
  ],
])('reports %s', async (_, change, expected) => {
  const toml = change(deployed);
  expect(toml).not.toBe(deployed);
  const { lines } = await checkRemote(toml);
  expect(lines).toEqual(expected);
});
