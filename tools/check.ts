/**
 * `npm run check`: whether the local instance would start, by wrangler.toml and .dev.vars. With `--remote`:
 * whether a deployment would start and work, by wrangler.toml and what wrangler reads of the deployment.
 * Prints a line a finding; changes nothing. Exits with 1 where one is an error.
 */
import { join, resolve } from 'node:path';
import { findingsOf } from './check/check.ts';
import { lineOf } from './check/finding.ts';
import { EXIT, readArguments, Refused } from './command-line.ts';
import { root } from './install.mjs';

const { values: options } = readArguments(
  'npm run check -- [--remote] [--config FILE] [--env NAME]',
  {
    options: {
      remote: { type: 'boolean', default: false },
      config: { type: 'string', default: join(root, 'wrangler.toml') },
      env: { type: 'string' },
    },
  },
);

try {
  const { remote, config, env } = options;
  const findings = await findingsOf({ remote, config: resolve(config), env });
  for (const finding of findings) console.log(lineOf(finding));
  const errors = findings.filter(({ level }) => level === 'error').length;
  console.log(`Errors: ${errors}. Notes: ${findings.length - errors}.`);
  if (errors > 0) process.exitCode = EXIT.refused;
} catch (cause) {
  if (!(cause instanceof Refused)) throw cause;
  console.error(cause.message);
  process.exitCode = cause.exit;
}
