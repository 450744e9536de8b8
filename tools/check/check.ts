/** All findings about the local settings, or about a deployment. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { completeSecrets, makers } from '../secrets.ts';
import { error, type Finding } from './finding.ts';
import { checkBrand, checkHosts, checkOrigins, checkSender } from './origins.ts';
import { readRemote } from './remote.ts';
import { checkNames, checkPlaceholders, checkStart, type Values } from './settings.ts';
import {
  checkBindings,
  readWranglerConfig,
  secretInPublic,
  type ConfigSource,
  type WranglerConfig,
} from './wrangler-config.ts';

const REQUIRED = ['SERVER_KEY', 'TOKEN_KEYS'];

interface Checked extends ConfigSource {
  remote: boolean;
}

/** Throws `Refused` where wrangler.toml cannot be read. */
export async function findingsOf({ remote, ...source }: Checked): Promise<Finding[]> {
  const { config, findings } = readWranglerConfig(source);
  return [
    ...findings,
    ...checkNames(Object.keys(config.vars), '[vars]'),
    ...checkBindings(config, Date.now()),
    ...(remote ? await checkDeployment(config, source) : checkLocal(config, source)),
  ];
}

function checkLocal(config: WranglerConfig, source: ConfigSource): Finding[] {
  const text = readLocal(source);
  const own = parseEnv(text);
  const values: Values = { ...config.vars, ...parseEnv(completeSecrets(text)) };
  return [
    ...checkNames(Object.keys(own), '.dev.vars'),
    ...(values['LOCAL_DEVELOPMENT'] === 'true' ? [] : checkPlaceholders(values)),
    ...checkStart(values).findings,
  ];
}

/** Wrangler prefers the file of the environment. */
function readLocal({ config, env }: ConfigSource): string {
  const names = [...(env === undefined ? [] : [`.dev.vars.${env}`]), '.dev.vars'];
  const files = names.map((name) => join(dirname(config), name));
  const file = files.find((file) => existsSync(file));
  return file === undefined ? '' : readFileSync(file, 'utf8');
}

function checkLocalDevelopment({ LOCAL_DEVELOPMENT: value }: Values): Finding[] {
  if (value !== 'true') return [];
  return [
    error(
      'LOCAL_DEVELOPMENT',
      'is "true": plain http and a cheap hash would be allowed',
      'Set it to "false"; .dev.vars has the local value',
    ),
  ];
}

async function checkDeployment(config: WranglerConfig, source: ConfigSource): Promise<Finding[]> {
  const { vars } = config;
  const database = config.d1_databases.find(({ binding }) => binding === 'DB');
  const remote = await readRemote(source, Boolean(database?.database_id));
  const { settings, findings } = checkStart({ ...vars, ...standIns(remote.secrets) });
  return [
    ...checkPlaceholders(vars),
    ...checkLocalDevelopment(vars),
    ...(database === undefined || database.database_id
      ? []
      : [
          error(
            '[[d1_databases]]',
            'DB has no database_id',
            'Put in the one that `npx wrangler d1 create gatehouse` prints, or `npx wrangler d1 list`',
          ),
        ]),
    ...remote.findings,
    ...checkNames(remote.secrets ?? [], 'secrets'),
    ...checkSecrets(config, remote.secrets),
    ...findings,
    ...(settings === null
      ? []
      : [
          ...checkBrand(settings),
          ...checkHosts(settings),
          ...checkOrigins(settings),
          ...checkSender(settings),
        ]),
  ];
}

function checkSecrets({ vars }: WranglerConfig, secrets: readonly string[] | null): Finding[] {
  const needed = vars['SECOND_FACTOR'] === 'off' ? REQUIRED : [...REQUIRED, 'FACTOR_KEYS'];
  const missing = needed.filter((name) => secrets?.includes(name) === false);
  const inPublic = [...Object.keys(makers), 'RESEND_API_KEY'].filter((name) => name in vars);
  return [
    ...missing.map((name) =>
      error(
        name,
        'the secret is missing',
        `Run \`npm run --silent secret ${name} | npx wrangler secret put ${name}\``,
      ),
    ),
    ...inPublic.map(secretInPublic),
  ];
}

/** Values of the deployed secrets, which cannot be read; required ones are reported where they are missing. */
function standIns(secrets: readonly string[] | null): Values {
  const all = { ...makers, RESEND_API_KEY: () => 'unknown' };
  const present = Object.entries(all).filter(
    ([name]) =>
      secrets === null || secrets.includes(name) || [...REQUIRED, 'FACTOR_KEYS'].includes(name),
  );
  return Object.fromEntries(present.map(([name, make]) => [name, make()]));
}
