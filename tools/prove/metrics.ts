/**
 * `npm run prove:metrics`: a real Prometheus reads the metrics. Starts an instance, logs in at every
 * contract, has `promtool` check the metrics, the rules and their tests, lets a Prometheus server
 * scrape, and queries it for the counts, the rules' health, and every panel of the dashboard.
 *
 *     --bin DIR    where prometheus and promtool are, if not in the path
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contracts } from '../../src/contracts/index.ts';
import { encodeRequest } from '../../src/contracts/routes.ts';
import { demoAccounts } from '../../test/fixtures/demo-accounts.ts';
import { readArguments } from '../command-line.ts';
import { root } from '../install.mjs';
import { readSecret } from '../local-secrets.ts';
import {
  exitOnSignals,
  freePort,
  killCommands,
  startCommand,
  temporaryDirectory,
} from '../process.ts';
import { connectPrometheus, type Query } from './prometheus.ts';

/** METRICS_FLUSH_SECONDS in wrangler.toml. */
const FLUSH_MS = 5_000;

const { values: options } = readArguments('npm run prove:metrics -- [--bin DIR]', {
  options: { bin: { type: 'string' } },
});
exitOnSignals();
const directory = temporaryDirectory('metrics');
process.once('exit', () => void killCommands());

const promtool = find('promtool');
const prometheus = find('prometheus');
try {
  await prove();
  console.log('\nPrometheus reads the metrics of Gatehouse.');
} catch (error) {
  console.error(`\nNot proven: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();

function find(name: string): string {
  const path = options.bin === undefined ? name : resolve(options.bin, name);
  const { status, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (status === 0) {
    console.log(/^.*version \S+/.exec(stdout || stderr)?.[0] ?? name);
    return path;
  }
  console.error(`${name} was not found. Debian and Ubuntu have it in the package "prometheus":

    apt-get install --no-install-recommends prometheus

or, without root:

    apt-get download prometheus && dpkg -x prometheus_*.deb prometheus
    npm run prove:metrics -- --bin prometheus/usr/bin
`);
  process.exit(1);
}

async function prove(): Promise<void> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const argv = ['tools/dev.ts', '--port', String(port), '--persist-to', join(directory, 'state')];
  const start = () => startCommand('node', { argv, until: /^ {2}curl /m });
  await start();
  await logIn(origin);
  // No request follows: the last one's counts are flushed after its response, or never.
  await sleep(FLUSH_MS + 2_000);
  await killCommands();
  await start();
  const token = readSecret('OPERATOR_TOKEN');
  const { text, samples } = await scrape(origin, token);
  console.log(`${samples.size} samples after ${contracts.length * 4} logins and a restart`);

  checkText(text);
  const rules = join(root, 'docs', 'operate', 'alerts.yml');
  run(promtool, 'check', 'rules', rules);
  run(promtool, 'test', 'rules', join(root, 'tools', 'prove', 'alerts.test.yml'));

  const query = await startPrometheus({ port, token, rules });
  await checkSamples(query, samples);
  for (const { name } of contracts) {
    const labels = `contract="${name}"`;
    const p95 = `histogram_quantile(0.95, auth_login_duration_ms_bucket{${labels}})`;
    for (const [series, holds] of [
      [`auth_login_success_total{${labels}}`, (value: number) => value === 2],
      [
        `auth_login_failure_total{${labels},reason="wrong-password"}`,
        (value: number) => value === 1,
      ],
      [`auth_login_failure_total{${labels},reason="malformed"}`, (value: number) => value === 1],
      [`auth_login_duration_ms_count{${labels}}`, (value: number) => value === 3],
      [p95, (value: number) => value > 0],
    ] as const) {
      const value = Number((await query(series))[0]?.value[1]);
      if (!holds(value)) throw new Error(`${series} is ${value}`);
    }
    console.log(`${name}: 2 granted, 1 wrong, 1 malformed, a p95`);
  }
  await checkDashboard(query);
}

/** At each contract: a wrong password, two right ones, and none. */
async function logIn(origin: string): Promise<void> {
  for (const [n, contract] of contracts.entries()) {
    const { name, identifier: kind } = contract;
    const account = demoAccounts.find((candidate) => candidate[kind]);
    const login = (password = '') => {
      const identifier = { kind, value: account?.[kind] ?? '' };
      const input = { identifier, password, remember: false, code: null };
      return encodeRequest(contract, 'login', { input });
    };
    const right = login(account?.password);
    const requests = [login('a wrong one'), right, right, login('')];
    for (const [m, { method, path, headers, body }] of requests.entries()) {
      const { status } = await fetch(`${origin}/${name}${path}`, {
        method,
        headers: { ...headers, 'CF-Connecting-IP': `192.0.2.${n}` },
        body,
      });
      if ((status === 200) !== (m === 1 || m === 2)) throw new Error(`${name}: ${status}`);
    }
  }
}

async function scrape(origin: string, token: string) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /metrics: ${response.status} ${text}`);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
  return { text, samples };
}

/** promtool prefers seconds; the name `auth_login_duration_ms` is the contract documents'. */
function checkText(text: string): void {
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  const findings = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  const serious = findings.filter(
    (line) => !/^auth_\w+_ms metric names should not contain abbreviated units$/.test(line),
  );
  if ((status !== 0 && status !== 3) || serious.length > 0) {
    throw new Error(`promtool check metrics (${status}):\n${serious.join('\n')}`);
  }
  console.log(`promtool check metrics: only "ms" abbreviated, ${findings.length} times`);
}

/** Starts a server that scrapes each second. */
async function startPrometheus(target: { port: number; token: string; rules: string }) {
  const config = join(directory, 'prometheus.yml');
  const token = join(directory, 'token');
  writeFileSync(token, target.token, { mode: 0o600 });
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${target.rules}']
scrape_configs:
  - job_name: gatehouse
    authorization: { credentials_file: '${token}' }
    static_configs: [{ targets: ['localhost:${target.port}'] }]
`,
  );
  run(promtool, 'check', 'config', config);
  const address = `127.0.0.1:${await freePort()}`;
  await startCommand(prometheus, {
    argv: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'tsdb')}`,
      `--web.listen-address=${address}`,
    ],
    until: /ready to receive web requests/,
  });
  return connectPrometheus(`http://${address}`);
}

/** Every sample scraped as OpenMetrics equals the one of the plain text. */
async function checkSamples(query: Query, samples: ReadonlyMap<string, number>): Promise<void> {
  const scraped = await query('{job="gatehouse",__name__=~"auth_.+"}');
  const values = new Map(
    scraped.map(({ metric: { __name__: name = '', ...labels }, value }) => [
      keyOf(name, labels),
      Number(value[1]),
    ]),
  );
  for (const [series, expected] of samples) {
    const [, name = '', pairs = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const labels = [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
    const value = values.get(keyOf(name, Object.fromEntries(labels)));
    if (value !== expected) throw new Error(`${series}: ${value} scraped, ${expected} in the text`);
  }
  if (values.size !== samples.size) throw new Error(`${values.size} series of ${samples.size}`);
  console.log(`${samples.size} series: the same as OpenMetrics and as text`);
}

/** `le` is a number: 5.0 in one format is 5 in the other. */
function keyOf(name: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels)
    .filter(([label]) => label !== 'job' && label !== 'instance')
    .map(([label, value]) => [
      label,
      label === 'le' && value !== '+Inf' ? String(Number(value)) : value,
    ]);
  return JSON.stringify([name, pairs.toSorted()]);
}

async function checkDashboard(query: Query): Promise<void> {
  const file = join(root, 'docs', 'operate', 'grafana-dashboard.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  for (const text of queries) {
    await query(text.replaceAll('$__rate_interval', '1m').replaceAll('$contract', '.*'));
  }
  console.log(`dashboard: ${queries.length} queries answered`);
}

function run(command: string, ...argv: string[]): void {
  try {
    execFileSync(command, argv, { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${argv.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
  console.log(`promtool ${argv.slice(0, 2).join(' ')}: ok`);
}
