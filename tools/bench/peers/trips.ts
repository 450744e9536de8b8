/**
 * How many calls of a right login wait for each other, and how long a caller waits for the network:
 * the same logins with and without a network between Worker and bindings. What travels while the
 * hash is computed is in the chain, but nobody waits for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { USERS } from '../server.ts';
import type { Generator } from '../load.ts';
import { median } from '../verdicts.ts';
import { startPeers, type BenchUser, type PeersBuilt, type PeersServer } from './server.ts';
import { bodyOf, headers, pathsOf } from './subjects.ts';
import type { Trace } from './trace.ts';

/** Shorter than a hash, or its own travel could not hide behind it. */
export const NETWORK_MS = 40;

const travellers = [
  'app traced',
  'scrypt traced',
  'scrypt traced, joins',
  'pbkdf2 traced',
] as const satisfies BenchUser[];
export type Traveller = (typeof travellers)[number];

type Calls = Pick<Trace, 'chain' | 'calls' | 'afterwards'>;

export interface Trips extends Calls {
  /** How many times a call's way the caller waited. */
  waited: number;
}

const WARM_UP = 4;
const SETTLE_MS = 300;

interface TripsOptions {
  built: PeersBuilt;
  generator: Generator;
  furnished: string;
  logins: number;
}

export async function measureTrips(options: TripsOptions): Promise<Record<Traveller, Trips>> {
  const { built, furnished } = options;
  const common = { built, inhabitants: travellers, from: furnished };
  const near = await startPeers(common);
  const far = await startPeers({ ...common, networkMs: NETWORK_MS });
  try {
    const trips = {} as Record<Traveller, Trips>;
    for (const name of travellers) trips[name] = await compare(options, { name, near, far });
    return trips;
  } finally {
    await near.close();
    await far.close();
  }
}

interface Pair {
  name: Traveller;
  near: PeersServer;
  far: PeersServer;
}

/** In turns, so that a machine that slows down does it to both. */
async function compare({ generator, logins }: TripsOptions, { name, near, far }: Pair) {
  let next = 0;
  const login = async (house: PeersServer) => {
    const { latenciesMs } = await generator.fire({
      url: house.url(name) + pathsOf(name).login,
      method: 'POST',
      headers,
      body: bodyOf('right-{n}@bench.example'),
      every: USERS,
      addresses: Number.MAX_SAFE_INTEGER,
      first: (next += 1),
      amount: 1,
      callers: 1,
      status: 200,
    });
    return latenciesMs[0] ?? Number.NaN;
  };
  const traces = async () => {
    await sleep(SETTLE_MS);
    const response = await fetch(`${far.url(name)}/traces`);
    return (await response.json()) as Trace[];
  };

  for (const house of [near, far]) for (let n = 0; n < WARM_UP; n += 1) await login(house);
  await traces();
  const differencesMs: number[] = [];
  for (let n = 0; n < logins; n += 1) {
    const nearMs = await login(near);
    differencesMs.push((await login(far)) - nearMs);
  }
  // Of the far house: what nobody waits for may have arrived all the same where there is no network.
  const found = await traces();
  if (found.length !== logins) throw new Error(`${name}: ${found.length} traces`);
  const callMs = median(
    found.map(({ networkMs, calls, afterwards }) => networkMs / (calls + afterwards)),
  );
  return { ...agreed(name, found), waited: median(differencesMs) / callMs };
}

function agreed(name: string, traces: Trace[]): Calls {
  const texts = new Set(
    traces.map(({ chain, calls, afterwards }) => JSON.stringify({ chain, calls, afterwards })),
  );
  const [text = '', ...others] = texts;
  if (others.length > 0) {
    throw new Error(`${name}: the same logins called differently: ${[...texts].join(', ')}`);
  }
  return JSON.parse(text) as Calls;
}
