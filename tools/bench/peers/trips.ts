/**
 * How many calls of a right login wait for each other, and how long a caller waits for the network:
 * the same logins with and without a network between Worker and bindings. What travels while the
 * hash is computed is in the chain, but nobody waits for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Generator } from '../load.ts';
import { median } from '../verdicts.ts';
import { openPeersHouse, type Inhabitant, type PeersBuilt } from './house.ts';
import { bodyOf, headers, pathsOf } from './subjects.ts';
import type { Trace } from './trace.ts';

/** Shorter than a hash, or its own travel could not hide behind it. */
export const NETWORK_MS = 40;

const travellers = [
  'app traced',
  'scrypt traced',
  'scrypt traced, joins',
  'pbkdf2 traced',
] as const satisfies Inhabitant[];
export type Traveller = (typeof travellers)[number];

type Calls = Pick<Trace, 'chain' | 'calls' | 'afterwards'>;

export interface Trips extends Calls {
  /** How many times a call's way the caller waited, by the fastest logins. */
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
  const near = await travel(options, 0);
  const far = await travel(options, NETWORK_MS);
  return Object.fromEntries(
    travellers.map((name) => {
      const waited = (far[name].latencyMs - near[name].latencyMs) / far[name].callMs;
      // What nobody waits for may have arrived all the same where there is no network.
      return [name, { ...far[name].trace, waited }];
    }),
  ) as Record<Traveller, Trips>;
}

interface Found {
  latencyMs: number;
  /** What the network really took for a call. */
  callMs: number;
  trace: Calls;
}

async function travel({ built, generator, furnished, logins }: TripsOptions, networkMs: number) {
  const house = await openPeersHouse({
    built,
    inhabitants: travellers,
    from: furnished,
    networkMs,
  });
  try {
    const found = {} as Record<Traveller, Found>;
    for (const name of travellers) {
      const origin = house.url(name);
      const login = async (first: number, amount: number) => {
        const url = origin + pathsOf(name).login;
        const common = { method: 'POST', headers, addresses: 1_000_000, status: 200 } as const;
        const body = bodyOf('right-{n}@bench.example');
        const burst = { ...common, url, body, every: logins + WARM_UP, callers: 1, first, amount };
        const { latenciesMs } = await generator.fire(burst);
        await sleep(SETTLE_MS + networkMs);
        const traces = (await (await fetch(`${origin}/traces`)).json()) as Trace[];
        return { latenciesMs, traces };
      };
      await login(0, WARM_UP);
      const { latenciesMs, traces } = await login(WARM_UP, logins);
      if (traces.length !== logins) throw new Error(`${name}: ${traces.length} traces`);
      const latencyMs = Math.min(...latenciesMs);
      const callsMs = traces.map((trace) => trace.networkMs / (trace.calls + trace.afterwards));
      found[name] = { latencyMs, callMs: median(callsMs), trace: agreed(name, traces) };
    }
    return found;
  } finally {
    await house.close();
  }
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
