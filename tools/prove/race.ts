/**
 * `npm run prove:race`: attacks an instance in parallel, and kills it in the middle. Starts the
 * deployed bundle with the settings of wrangler.toml, and prints for each claim what was seen and
 * what is allowed.
 *
 *     --origin URL     attacks an instance that runs already (npm start), and kills nothing
 *     --only PART      guessing, addresses, concurrency, codes, devices, factors, passkeys, transfers,
 *                      kills, factor-kills, passkey-kills
 */
import { join } from 'node:path';
import { buildAll } from '../bench/build.ts';
import { failUsage, readArguments } from '../command-line.ts';
import { exitOnSignals, temporaryDirectory } from '../process.ts';
import { codes } from './race/codes.ts';
import { concurrency } from './race/concurrency.ts';
import { createClaims, startGatehouse, type AttackContext } from './race/context.ts';
import { devices } from './race/devices.ts';
import { factorKills } from './race/factor-kills.ts';
import { factors } from './race/factors.ts';
import { manyAtOnce, rotatedAddresses } from './race/guessing.ts';
import { kills } from './race/kills.ts';
import { passkeyKills } from './race/passkey-kills.ts';
import { passkeys } from './race/passkeys.ts';
import { transfers } from './race/transfers.ts';

const USAGE = 'npm run prove:race -- [--origin URL] [--only PART]';
const { values: options } = readArguments(USAGE, {
  options: { origin: { type: 'string' }, only: { type: 'string' } },
});

const attacks: Record<string, (context: AttackContext) => Promise<void>> = {
  guessing: manyAtOnce,
  addresses: rotatedAddresses,
  concurrency,
  codes,
  devices,
  factors,
  passkeys,
  transfers,
};

const killed = { kills, 'factor-kills': factorKills, 'passkey-kills': passkeyKills };
const { origin, only } = options;
if (origin !== undefined && !URL.canParse(origin))
  failUsage(USAGE, `--origin ${origin} is not a URL.`);
const parts = Object.keys({ ...attacks, ...(origin === undefined && killed) });
if (only !== undefined && !parts.includes(only))
  failUsage(USAGE, `--only takes ${parts.join(', ')}.`);

const { claim, counts } = createClaims();
exitOnSignals();
const directory = temporaryDirectory('race');
try {
  if (origin === undefined) await proveHere();
  else await attack({ origin: new URL(origin).origin, isOwn: false, claim });
} catch (error) {
  console.error(error);
  claim({ what: 'the proof', seen: 'an error', allowed: 'an end', holds: false });
}
console.log(`\n${counts.made - counts.broken} of ${counts.made} claims hold.`);
process.exit(counts.made > 0 && counts.broken === 0 ? 0 : 1);

async function proveHere(): Promise<void> {
  const { scripts } = await buildAll();
  const persistTo = (name: string) => join(directory, name);
  const server = await startGatehouse(scripts['app'] ?? '', {
    persistTo: persistTo('attacked'),
    isNew: true,
  });
  try {
    await attack({ origin: server.url(), isOwn: true, claim });
  } finally {
    await server.close();
  }
  const script = scripts['distant'] ?? '';
  for (const [name, run] of Object.entries(killed)) {
    await part(name, () => run({ script, persistTo: persistTo(name), claim }));
  }
}

async function attack(context: AttackContext): Promise<void> {
  for (const [name, run] of Object.entries(attacks)) await part(name, () => run(context));
}

async function part(name: string, run: () => Promise<void>): Promise<void> {
  if (only !== undefined && only !== name) return;
  console.log(`\n${name}`);
  const startedMs = performance.now();
  await run();
  console.log(`      ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
}
