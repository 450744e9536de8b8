/** `npm start` after the install: prepares local development, runs wrangler dev, prints a greeting. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { become } from './child.mjs';
import { answerHelp, failUsage } from './command-line.ts';
import { root } from './install.mjs';
import { lockState, type StateLock } from './lock.ts';
import { preload } from './orphan.mjs';
import { localProtocol, localPort, localSettings, prepareDatabase } from './local.ts';
import { makeSecrets, readSecret } from './local-secrets.ts';
import { curlLine, loginLines } from './login-lines.ts';
import type { Settings } from '../src/settings.ts';

const USAGE =
  'npm start -- [--port N] [--local-protocol http|https] [--persist-to DIR] [options of wrangler dev]';
answerHelp(USAGE);
const passedOn = process.argv.slice(2);
const { values } = parseArgs({
  args: passedOn,
  options: {
    'persist-to': { type: 'string' },
    port: { type: 'string' },
    'local-protocol': { type: 'string' },
  },
  strict: false,
});
const { port = String(localPort()), 'local-protocol': protocol = localProtocol() } = values;
if (typeof port !== 'string' || !/^\d+$/.test(port)) failUsage(USAGE, '--port takes a number.');
if (protocol !== 'http' && protocol !== 'https') {
  failUsage(USAGE, '--local-protocol takes http or https.');
}
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
    ...ownOrigin(),
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

/**
 * Names this instance in links of e-mails, to passkeys, and as the issuer, without which discovery by a
 * client fails (RFC 8414 3.3), unless .dev.vars has other values. Wrangler would not take PAGES_ORIGIN
 * from there, since wrangler.toml has none.
 */
function ownOrigin(): string[] {
  return ['ISSUER', 'PAGES_ORIGIN'].flatMap((name) => [
    '--var',
    `${name}:${readSecret(name) || `${protocol}://localhost:${port}`}`,
  ]);
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

function greet({ contracts, passkeys }: Settings, address: string): void {
  const rows = loginLines(contracts, address).map((line) => `  ${line}`);
  const [first] = contracts;
  console.log(`
Gatehouse answers at ${address}

${rows.join('\n')}
${passkeys.policy.isOffered ? '' : '\nPasskeys are off: PASSKEYS says so, or PAGES_ORIGIN is an IP address.\n'}
Bare paths work too: the first contract in CONTRACTS that has the path answers.
Pages: ${address}/login, API reference: ${address}/docs, local mail: ${address}/dev/mail
Demo accounts are in test/fixtures/demo-accounts.ts. Try one:

  ${first === undefined ? `curl -i ${address}/healthz` : curlLine(first, address)}
`);
}
