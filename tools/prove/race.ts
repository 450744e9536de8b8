/**
 * `npm run prove:race`: attacks an instance in parallel and kills it in the middle. It starts one of
 * the deployed bundle by itself, with the settings of wrangler.toml, and prints for each claim what
 * was seen and what is allowed.
 *
 *     --origin URL     attacks an instance that runs already (npm start), and kills nothing
 *     --only PART      guessing, addresses, crowds, letters, devices, kills
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../bench/build.ts';
import { concurrency } from './race/concurrency.ts';
import { devices } from './race/devices.ts';
import { createClaims, type AttackContext } from './race/context.ts';
import { manyAtOnce, rotatedAddresses } from './race/guessing.ts';
import { startServer } from './race/server.ts';
import { kills } from './race/kills.ts';
import { letters } from './race/codes.ts';

const { values: options } = parseArgs({
  options: { origin: { type: 'string' }, only: { type: 'string' } },
});

const attacks: Record<string, (field: AttackContext) => Promise<void>> = {
  guessing: manyAtOnce,
  addresses: rotatedAddresses,
  concurrency,
  letters,
  devices,
};
const isChosen = (part: string) => options.only === undefined || options.only === part;

const { claim, sum } = createClaims();
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-race-'));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

try {
  if (options.origin === undefined) await proveHere();
  else await attack(new URL(options.origin).origin);
} catch (error) {
  console.error(error);
  claim({ what: 'the proof', seen: 'it broke off', allowed: 'an end', holds: false });
}
const { made, broken } = sum();
console.log(`\n${made - broken} of ${made} claims hold.`);
process.exit(made > 0 && broken === 0 ? 0 : 1);

async function proveHere(): Promise<void> {
  const { scripts } = await buildAll(directory);
  const house = await startServer(scripts.app, { data: join(directory, 'attacked'), isNew: true });
  try {
    await attack(house.origin);
  } finally {
    await house.close();
  }
  if (isChosen('kills')) {
    await timed('kills', () =>
      kills({ script: scripts.distant, data: join(directory, 'killed'), claim }),
    );
  }
}

async function attack(origin: string): Promise<void> {
  for (const [name, part] of Object.entries(attacks)) {
    if (isChosen(name)) await timed(name, () => part({ origin, claim }));
  }
}

async function timed(part: string, work: () => Promise<void>): Promise<void> {
  console.log(`\n${part}`);
  const startedMs = performance.now();
  await work();
  console.log(`      ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
}
