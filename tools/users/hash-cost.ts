/**
 * Sets FOREIGN_HASH_COST to the legacy hashes that are left: while it names them, a guess at any
 * password takes as long as one at theirs (src/crypto/legacy/verify.ts).
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { environment, root } from '../install.mjs';
import { makeSecrets, replaceSecret } from '../local-secrets.ts';
import type { Command } from './api.ts';
import { HighestCosts } from './columns.ts';
import { locationOf, locationOptions, openDatabase, type Database } from './database.ts';
import { findCosts } from './statements.ts';

export const hashCostCommand: Command = {
  usage: 'hash-cost [--remote]      sets FOREIGN_HASH_COST to the legacy hashes that are left',
  async run(args) {
    const location = locationOf(parseArgs({ args, options: locationOptions }).values);
    const database = await openDatabase(location);
    try {
      const costs = (await costsIn(database)).list();
      setCosts(costs, location.remote);
      console.log(`FOREIGN_HASH_COST is ${JSON.stringify(costs)}.`);
    } finally {
      await database.close();
    }
  },
};

/** Salts and hashes of every form, to complete the beginning of a hash. */
const ENDINGS = [
  'a'.repeat(53),
  `salt$${'A'.repeat(43)}=`,
  `AAAA$${'A'.repeat(43)}`,
  `AAAA$${'A'.repeat(86)}`,
  `salt$${'a'.repeat(64)}`,
  `salt$${'a'.repeat(128)}`,
];

export async function costsIn(database: Pick<Database, 'read'>): Promise<HighestCosts> {
  const costs = new HighestCosts();
  for (const { start } of await database.read(findCosts)) {
    for (const suffix of ENDINGS) costs.addHash(`${start}${suffix}`);
  }
  return costs;
}

/** Locally in .dev.vars, else as a secret, which takes effect at once. */
export function setCosts(costs: readonly LegacyCost[], remote: boolean): void {
  const value = JSON.stringify(costs);
  if (!remote) {
    makeSecrets();
    replaceSecret('FOREIGN_HASH_COST', value);
    return;
  }
  const { status } = spawnSync('wrangler', ['secret', 'put', 'FOREIGN_HASH_COST'], {
    cwd: root,
    env: environment,
    input: value,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`FOREIGN_HASH_COST could not be set to ${value}.`);
}
