/** Reads wrangler.toml, and finds what the Worker needs and it lacks: bindings, objects, triggers, dates. */
import { unstable_readConfig } from 'wrangler';
import { Refused } from '../command-line.ts';
import { error, lineOf, nearest, note, type Finding } from './finding.ts';

/** The part that is checked; wrangler's own types leave most of it open. */
export interface WranglerConfig {
  vars: Record<string, unknown>;
  compatibility_date?: string;
  assets?: { binding?: string; run_worker_first?: boolean | string[] };
  triggers: { crons?: string[] };
  d1_databases: { binding: string; database_id?: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  migrations: {
    new_sqlite_classes?: string[];
    renamed_classes?: { from: string; to: string }[];
    deleted_classes?: string[];
  }[];
  send_email: { name: string }[];
}

/** The path of wrangler.toml, and one of its environments. */
export interface ConfigSource {
  config: string;
  env?: string | undefined;
}

/** Wrangler prints its doubts as warnings; they become findings. Throws where the file cannot be read. */
export function readWranglerConfig(source: ConfigSource): {
  config: WranglerConfig;
  findings: Finding[];
} {
  const { warn, log } = console;
  const warnings: string[] = [];
  console.log = () => undefined;
  console.warn = (...parts: unknown[]) => void warnings.push(parts.join(' '));
  try {
    const config = unstable_readConfig(source) as WranglerConfig;
    const printed = warnings.join('\n');
    if (printed.includes(NO_ENVIRONMENT)) throw new Error(NO_ENVIRONMENT);
    const unexpected = printed.matchAll(/Unexpected fields found in (.+?) field: (.+)/g);
    return {
      config,
      findings: [
        ...Array.from(unexpected, ([, place, names]) => unknownField(place, names)),
        ...notInherited(source, printed),
      ],
    };
  } catch (cause) {
    throw new Refused(refusalOf(source, cause as ReadFault));
  } finally {
    Object.assign(console, { warn, log });
  }
}

const NO_ENVIRONMENT = 'No environment found in configuration with name';

/** In one sentence. Wrangler refuses names that are both in [vars] and in [secrets]. */
function refusalOf({ config, env }: ConfigSource, { message, location }: ReadFault): string {
  if (message.includes(NO_ENVIRONMENT)) return `${config} has no [env.${env}].`;
  const [, secret] = /(\w+) assigned to Environment Variable and Secret/.exec(message) ?? [];
  if (secret !== undefined) return lineOf(secretInPublic(secret));
  const place = location?.line === undefined ? config : `${config}, line ${location.line},`;
  return `${place} cannot be read: ${message.replaceAll(/\s+/g, ' ').trim()}`;
}

type ReadFault = Error & { location?: { line?: number } };

export const secretInPublic = (name: string): Finding =>
  error(
    name,
    'is a secret, and stands in [vars], which everyone with the code can read',
    `Make a new one, and \`npx wrangler secret put ${name}\``,
  );

/** Without its own, an environment has the defaults of the vars, and no binding. */
function notInherited({ env }: ConfigSource, printed: string): Finding[] {
  if (env === undefined) return [];
  const bindings = printed.matchAll(/"(\w+)" exists at the top level, but not on/g);
  const [, vars = ''] =
    /Please add these vars to [^\n]*\n((?: *- [A-Z_]+\n?)+)/.exec(printed) ?? [];
  const names = [
    ...Array.from(bindings, ([, name]) => name),
    ...Array.from(vars.matchAll(/[A-Z_]+/g), ([name]) => `vars.${name}`),
  ].filter((name) => name !== 'secrets');
  if (names.length === 0) return [];
  const problem = `does not inherit ${names.join(', ')}`;
  return [note(`[env.${env}]`, problem, 'Repeat there what is not to be missing or the default')];
}

const unknownField = (place = '', names = '') =>
  error(`wrangler.toml, ${place}`, `wrangler does not know ${names}`, 'Correct or remove it');

/** `env` of the Worker, beside its settings, and what reads it. */
const OBJECTS = {
  RATE_LIMITER: 'RateLimiter',
  ACCOUNT_LOCKOUT: 'AccountLockout',
  METRICS_AGGREGATOR: 'MetricsAggregator',
};

/** The Worker is tested from this date on. */
const LEAST_DATE = '2026-10-23';

export function checkBindings(config: WranglerConfig, nowMs: number): Finding[] {
  const { assets, compatibility_date: date, triggers } = config;
  const findings: Finding[] = [];
  const report = (...finding: Parameters<typeof error>) => findings.push(error(...finding));
  const original = 'Take it over from the wrangler.toml of the repository';

  if (!config.d1_databases.some(({ binding }) => binding === 'DB')) {
    report('[[d1_databases]]', 'there is no binding DB', original);
  }
  if (assets?.binding !== 'ASSETS') report('[assets]', 'the binding is not ASSETS', original);
  if (assets?.run_worker_first !== true) {
    report(
      '[assets]',
      'pages could be served without their security headers',
      'Set run_worker_first = true',
    );
  }
  for (const [name, class_name] of Object.entries(OBJECTS)) {
    const bound = config.durable_objects.bindings.find((binding) => binding.name === name);
    if (bound?.class_name !== class_name) {
      report('[durable_objects]', `${name} is not bound to ${class_name}`, original);
    }
  }
  const { transport = 'binding' } = (config.vars['MAIL'] ?? {}) as { transport?: string };
  if (transport === 'binding' && !config.send_email.some(({ name }) => name === 'EMAIL')) {
    report(
      '[[send_email]]',
      'MAIL has transport "binding", and there is no binding EMAIL',
      original,
    );
  }
  for (const problem of flawsOfMigrations(config)) report('[[migrations]]', problem, original);
  if (!triggers.crons || triggers.crons.length === 0) {
    report('[triggers]', 'there is no cron, so expired rows are never deleted', original);
  }
  if (date === undefined) report('compatibility_date', 'is missing', `Set it to "${LEAST_DATE}"`);
  else if (date < LEAST_DATE) {
    report(
      'compatibility_date',
      `${date} is older than the tests cover`,
      `Set it to "${LEAST_DATE}"`,
    );
  } else if (Date.parse(date) > nowMs) {
    report(
      'compatibility_date',
      `${date} is in the future, which Cloudflare refuses`,
      'Set an earlier one',
    );
  }
  return findings;
}

/** Applies the migrations of Durable Objects in their order, and compares the classes with those that are bound. */
function flawsOfMigrations({ migrations, durable_objects }: WranglerConfig): string[] {
  const classes = new Set<string>();
  for (const migration of migrations) {
    for (const name of migration.new_sqlite_classes ?? []) classes.add(name);
    for (const { from, to } of migration.renamed_classes ?? []) {
      classes.delete(from);
      classes.add(to);
    }
    for (const name of migration.deleted_classes ?? []) classes.delete(name);
  }
  return durable_objects.bindings.flatMap(({ class_name }) => {
    if (classes.has(class_name)) return [];
    const similar = nearest(class_name, [...classes]);
    const hint = similar === null ? '' : ` (they make ${similar})`;
    return [`none makes the SQLite class ${class_name}${hint}`];
  });
}
