/**
 * What foreign hashes there are, for the setting FOREIGN_HASH_COST: while it names them, a guess at
 * anybody's password takes as long as one at theirs (src/crypto/legacy/verify.ts).
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { environment, root } from '../install.mjs';
import { makeSecrets, replaceSecret } from '../local.ts';
import { Costliest } from './columns.ts';
import { openDatabase, type Database } from './database.ts';
import { findCosts } from './statements.ts';
import { where, whereOptions } from './where.ts';

export const hashCostCommand = {
  usage: 'hash-cost [--remote]      sets FOREIGN_HASH_COST to what is left of foreign hashes',
  async run(argv: string[]): Promise<void> {
    const { values } = parseArgs({ args: argv, options: whereOptions });
    const whereabouts = where(values);
    const database = await openDatabase(whereabouts);
    try {
      const costs = (await costsIn(database)).list();
      setCosts(costs, whereabouts.remote);
      console.log(`FOREIGN_HASH_COST is ${JSON.stringify(costs)}.`);
    } finally {
      await database.close();
    }
  },
};

/** Any salt and hash that fit, to make a whole of what a hash begins with. */
const ends = ['a'.repeat(53), `salt$${'A'.repeat(43)}=`, `AAAA$${'A'.repeat(43)}`].concat([
  `AAAA$${'A'.repeat(86)}`,
  `salt$${'a'.repeat(64)}`,
  `salt$${'a'.repeat(128)}`,
]);

export async function costsIn(database: Pick<Database, 'read'>): Promise<Costliest> {
  const costs = new Costliest();
  for (const { start } of await database.read(findCosts)) {
    for (const end of ends) costs.addHash(`${start}${end}`);
  }
  return costs;
}

/** Locally in .dev.vars, else as a secret, which the deployed Worker has at once. */
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
