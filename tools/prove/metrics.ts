/**
 * `npm run prove:metrics`: holds the metrics against the real Prometheus. Starts an instance, logs in
 * at every contract, has `promtool` read the answer, the rules and their tests, lets a Prometheus
 * server scrape, and asks it for the counts, the rules' health, and every query of the dashboard.
 *
 *     --bin DIR    where prometheus and promtool are, if not in the path
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contracts } from '../../src/contracts/index.ts';
import { root } from '../install.mjs';
import { readSecret } from '../local.ts';
import { endAll, freePort, started } from './process.ts';
import { asking, type Ask } from './server.ts';

/** METRICS_FLUSH_SECONDS in wrangler.toml. */
const FLUSH_MS = 5_000;

const { values: options } = parseArgs({ options: { bin: { type: 'string' } } });
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-metrics-'));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.once('exit', () => {
  void endAll();
  rmSync(directory, { recursive: true, force: true });
});

const promtool = toolAt('promtool');
const prometheus = toolAt('prometheus');
try {
  await prove();
  console.log('\nPrometheus reads what Gatehouse tells.');
} catch (error) {
  console.error(`\nNot proven: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();

function toolAt(name: string): string {
  const path = options.bin === undefined ? name : resolve(options.bin, name);
  const { status, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (status === 0) {
    console.log(/^.*version \S+/.exec(stdout || stderr)?.[0] ?? name);
    return path;
  }
  console.error(`There is no ${name} here. Debian and Ubuntu have it in the package "prometheus":

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
  const state = join(directory, 'state');
  const start = () =>
    started('node', {
      argv: [join(root, 'tools', 'dev.ts'), '--port', String(port), '--persist-to', state],
      until: /^ {2}curl /m,
    });
  await start();
  await logIn(origin);
  // Nobody asks for anything more: what the last request counted goes out behind it, or never.
  await new Promise((done) => setTimeout(done, FLUSH_MS + 2_000));
  await endAll();
  await start();
  const token = readSecret('OPERATOR_TOKEN');
  const { text, value } = await samplesOf(origin, token);
  console.log(`${value.size} samples after ${contracts.length * 4} logins and a restart`);

  checkText(text);
  const rules = join(root, 'docs', 'operate', 'alerts.yml');
  run(promtool, 'check', 'rules', rules);
  run(promtool, 'test', 'rules', join(root, 'tools', 'prove', 'alerts.test.yml'));

  const ask = await scraping({ port, token, rules });
  await expectAll(ask, value);
  for (const { name: contract } of contracts) {
    for (const [series, count] of [
      [`auth_login_success_total{contract="${contract}"}`, 2],
      [`auth_login_failure_total{contract="${contract}",reason="wrong-password"}`, 1],
      [`auth_login_failure_total{contract="${contract}",reason="malformed"}`, 1],
      [`auth_login_duration_ms_count{contract="${contract}"}`, 3],
    ] as const) {
      const told = Number((await ask(series))[0]?.value[1]);
      if (told !== count) throw new Error(`${series}: ${told}, and should be ${count}`);
    }
    const p95 = `histogram_quantile(0.95, auth_login_duration_ms_bucket{contract="${contract}"})`;
    const ms = Number((await ask(p95))[0]?.value[1]);
    if (!(ms > 0)) throw new Error(`${p95} is ${ms}`);
    console.log(`${contract}: 2 granted, 1 wrong, 1 malformed, p95 ${ms.toFixed(0)} ms`);
  }
  await checkQueries(ask);
}

/** Each contract: two that succeed, one that is wrong, one that cannot be read. */
async function logIn(origin: string): Promise<void> {
  const people = [
    { email: 'user@example.com', password: 'SecurePass123!' },
    { username: 'johndoe', password: 'MySecure123!' },
  ];
  for (const [n, { name, base, requests }] of contracts.entries()) {
    const person = people.find((body) => requests.login.decode.safeParse(body).success);
    const bodies = [{ ...person, password: 'a wrong one' }, person, person, []];
    for (const [m, body] of bodies.entries()) {
      const { status } = await fetch(`${origin}/${name}${base}/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': `192.0.2.${n}` },
        body: JSON.stringify(body),
      });
      if ((status === 200) !== (m === 1 || m === 2)) throw new Error(`${name}: ${status}`);
    }
  }
}

async function samplesOf(origin: string, token: string) {
  const answer = await fetch(`${origin}/metrics`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`GET /metrics: ${answer.status} ${text}`);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const value = new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
  return { text, value };
}

/** Its linter wants seconds; the name `auth_login_duration_ms` is the contract documents'. */
function checkText(text: string): void {
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  const serious = said.filter(
    (line) => !/^auth_\w+_ms metric names should not contain abbreviated units$/.test(line),
  );
  if ((status !== 0 && status !== 3) || serious.length > 0) {
    throw new Error(`promtool check metrics (${status}):\n${serious.join('\n')}`);
  }
  console.log(`promtool check metrics: reads all, and finds "ms" abbreviated ${said.length} times`);
}

/** A server that scrapes each second, once it has done so. */
async function scraping(target: { port: number; token: string; rules: string }): Promise<Ask> {
  const config = join(directory, 'prometheus.yml');
  writeFileSync(join(directory, 'token'), target.token, { mode: 0o600 });
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${target.rules}']
scrape_configs:
  - job_name: gatehouse
    authorization: { credentials_file: '${join(directory, 'token')}' }
    static_configs: [{ targets: ['localhost:${target.port}'] }]
`,
  );
  run(promtool, 'check', 'config', config);
  const port = await freePort();
  await started(prometheus, {
    argv: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    until: /ready to receive web requests/,
  });
  return asking(`http://127.0.0.1:${port}/api/v1`);
}

/** Scraped as OpenMetrics, every sample is what the plain text says. */
async function expectAll(ask: Ask, told: ReadonlyMap<string, number>): Promise<void> {
  const scraped = await ask('{job="gatehouse",__name__=~"auth_.+"}');
  const values = new Map(
    scraped.map(({ metric: { __name__: name = '', ...labels }, value }) => [
      keyOf(name, labels),
      Number(value[1]),
    ]),
  );
  for (const [series, value] of told) {
    const [, name = '', pairs = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const labels = Object.fromEntries(
      [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    );
    const scrapedValue = values.get(keyOf(name, labels));
    if (scrapedValue !== value)
      throw new Error(`${series}: scraped ${scrapedValue}, told ${value}`);
  }
  if (values.size !== told.size) throw new Error(`${values.size} series of ${told.size}`);
  console.log(`${told.size} series: scraped as OpenMetrics, told as text, and the same`);
}

/** `le` is a number: 5.0 in the one format is 5 in the other. */
function keyOf(name: string, labels: Record<string, string>): string {
  const own = Object.entries(labels).filter(([label]) => label !== 'job' && label !== 'instance');
  const pairs = own.map(([label, value]) => [
    label,
    label === 'le' && value !== '+Inf' ? String(Number(value)) : value,
  ]);
  return JSON.stringify([name, pairs.toSorted()]);
}

async function checkQueries(ask: Ask): Promise<void> {
  const file = join(root, 'docs', 'operate', 'grafana-dashboard.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  for (const query of queries) {
    await ask(query.replaceAll('$__rate_interval', '1m').replaceAll('$contract', '.*'));
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
