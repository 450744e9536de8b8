/** `npm start` after the install: prepares local development, runs wrangler dev, prints a greeting. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { become } from './child.mjs';
import { root } from './install.mjs';
import { lockState, type StateLock } from './lock.ts';
import { preload } from './orphan.mjs';
import { localPort, localSettings, makeSecrets, prepareDatabase, readSecret } from './local.ts';
import { encodeRequest } from '../src/contracts/routes.ts';
import type { Settings } from '../src/settings.ts';

const passedOn = process.argv.slice(2);
const { values } = parseArgs({
  args: passedOn,
  options: { 'persist-to': { type: 'string' }, port: { type: 'string' } },
  strict: false,
});
const persistTo = values['persist-to'];
const state = resolve(root, typeof persistTo === 'string' ? persistTo : '.wrangler/state');

try {
  const lock = lockState(state, 'npm start');
  makeSecrets();
  const settings = localSettings();
  await prepareDatabase(settings, state);
  serve(settings, lock);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function serve(settings: Settings, lock: StateLock): void {
  const own = [
    '--show-interactive-dev-session=false',
    ...pagesOrigin(),
    ...emailDelay(),
    ...optionalSecrets(),
  ];
  const wrangler = become('wrangler', ['dev', ...own, ...passedOn], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${preload}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let greeted = false;
  wrangler.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk);
    const address = /Ready on (https?:\/\/\S+)/.exec(chunk)?.[1];
    if (address !== undefined && !greeted) {
      greeted = true;
      lock.answersAt(address);
      greet(settings, address);
    }
  });
}

/** The origin of links in e-mails: this instance, unless .dev.vars has another one. */
function pagesOrigin(): string[] {
  if (readSecret('PAGES_ORIGIN') !== '') return [];
  const port = typeof values.port === 'string' ? values.port : localPort();
  return ['--var', `PAGES_ORIGIN:http://localhost:${port}`];
}

/** Sends e-mails without delay: there are no strangers to time them. */
function emailDelay(): string[] {
  return readSecret('EMAIL_DELAY_MS') === '' ? ['--var', 'EMAIL_DELAY_MS:0'] : [];
}

/**
 * Passes optional secrets, since wrangler takes from .dev.vars only names of wrangler.toml. Every user
 * of the machine can read a command line: these secrets open only this instance. RESEND_API_KEY is
 * left out for that reason; local e-mails are written to files.
 */
function optionalSecrets(): string[] {
  return ['OPERATOR_TOKEN', 'PEPPERS', 'FOREIGN_HASH_COST'].flatMap((name) => {
    const value = readSecret(name);
    return value === '' ? [] : ['--var', `${name}:${value}`];
  });
}

function greet({ contracts }: Settings, address: string): void {
  const width = Math.max(...contracts.map(({ name }) => name.length));
  const rows = contracts.map(
    ({ name, base }) => `  ${name.padEnd(width)}  POST ${address}/${name}${base}/login`,
  );
  console.log(`
Gatehouse answers at ${address}

${rows.join('\n')}

Bare paths work too: the first contract in CONTRACTS that has the path answers.
Pages: ${address}/login, API reference: ${address}/docs, local mail: ${address}/dev/mail
Demo accounts are in test/fixtures/demo-accounts.ts. Try one:

  ${sample(contracts, address)}
`);
}

const demoLogins = {
  email: { value: 'user@example.com', password: 'SecurePass123!' },
  username: { value: 'johndoe', password: 'MySecure123!' },
};

/** A login at the first contract. */
function sample(contracts: Settings['contracts'], address: string): string {
  const [contract] = contracts;
  if (contract === undefined) return `curl -i ${address}/healthz`;
  const { name, identifier: kind } = contract;
  const { password, value } = demoLogins[kind];
  const input = { identifier: { kind, value }, password, remember: false };
  const { path, headers, body } = encodeRequest(contract, 'login', { input });
  const options = Object.entries(headers).map(([header, text]) => `-H '${header}: ${text}'`);
  return `curl -i '${address}/${name}${path}' ${options.join(' ')} -d '${body}'`;
}
