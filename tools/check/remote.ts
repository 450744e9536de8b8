/** Asks Cloudflare through wrangler, which is logged in, what is deployed: secrets and migrations. Changes nothing. */
import { runWrangler, type Ended } from '../wrangler.ts';
import { error, note, type Finding } from './finding.ts';
import type { ConfigSource } from './wrangler-config.ts';

export interface Remote {
  /** Null: unknown. */
  secrets: string[] | null;
  findings: Finding[];
}

export async function readRemote(source: ConfigSource, hasDatabase: boolean): Promise<Remote> {
  const whoami = await runWrangler(['whoami', '--json']);
  if (!whoami.ok) {
    const problem =
      'is not logged in, so secrets and migrations of the deployment were not checked';
    const remedy = 'Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN';
    return { secrets: null, findings: [error('wrangler', problem, remedy)] };
  }
  const flags = [
    '--config',
    source.config,
    ...(source.env === undefined ? [] : ['--env', source.env]),
  ];
  const { secrets, findings } = await listSecrets(flags);
  return {
    secrets,
    findings: [...findings, ...(hasDatabase ? await listMigrations(flags) : [])],
  };
}

async function listSecrets(flags: readonly string[]): Promise<Remote> {
  const listed = await runWrangler(['secret', 'list', '--format', 'json', ...flags]);
  if (listed.ok) {
    const secrets = namesIn(listed.stdout);
    const problem = 'printed no list of secrets';
    return { secrets, findings: secrets === null ? [failed('secret list', { problem })] : [] };
  }
  if (/Worker ".*" .*not found/.test(listed.problem)) {
    const remedy = 'Its secrets are made before the first deployment, see docs/deployment.md';
    return { secrets: [], findings: [note('wrangler', 'the Worker is not deployed yet', remedy)] };
  }
  return { secrets: null, findings: [failed('secret list', listed)] };
}

/** Null: not the list of names that wrangler 4 prints, perhaps behind a warning. */
function namesIn(printed: string): string[] | null {
  try {
    // At the start of a line: `[WARNING]` stands behind a sign.
    const [list = ''] = /^\[[^]*/m.exec(printed) ?? [];
    const listed = JSON.parse(list) as { name: string }[];
    return listed.map(({ name }) => name);
  } catch {
    return null;
  }
}

async function listMigrations(flags: readonly string[]): Promise<Finding[]> {
  const listed = await runWrangler(['d1', 'migrations', 'list', 'DB', '--remote', ...flags]);
  if (!listed.ok) return [failed('d1 migrations list', listed)];
  if (listed.stdout.includes('No migrations to apply')) return [];
  const names = listed.stdout.match(/\d{4}_\w+\.sql/g) ?? [];
  const problem =
    names.length > 0
      ? `not applied: ${names.join(', ')}`
      : 'wrangler did not say whether all are applied';
  const remedy = 'Before the deployment, run `npx wrangler d1 migrations apply DB --remote`';
  return [error('migrations', problem, remedy)];
}

const failed = (command: string, { problem }: Pick<Ended, 'problem'>) =>
  error(`wrangler ${command}`, `failed: ${problem}`, 'Run it by itself for all that it says');
