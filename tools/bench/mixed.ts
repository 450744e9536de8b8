/**
 * What slicing the hash gives the others: how long a profile takes while people sign in, in the
 * deployed bundle and in a build whose hash is one piece of work. Both live in one workerd and are
 * loaded in turns, so that they meet the same minutes.
 */
import type { Built } from './build.ts';
import { burstsOf, cells } from './cells.ts';
import { seedDatabase, startServer, type Server } from './server.ts';
import { startGenerator, type Burst, type Generator } from './load.ts';
import { openSessions } from './sessions.ts';

export const BUILDS = ['app', 'unsliced'] as const;
export type Build = (typeof BUILDS)[number];

export const SIGNING_IN = 4;
export const LOOK_EVERY_MS = 25;
/** More than there is time for before the logins are done. */
const MOST_LOOKS = 10_000;

export interface Mixed {
  build: Build;
  round: number;
  profileMs: number[];
  loginMs: number[];
}

interface MixedOptions {
  built: Built;
  generator: Generator;
  rounds: number;
  /** In each round, with each build. */
  logins: number;
}

export async function measureMixed(options: MixedOptions): Promise<Mixed[]> {
  const { built, generator, rounds, logins } = options;
  const house = await startServer({ built, inhabitants: BUILDS });
  const beside = startGenerator();
  try {
    await seedDatabase(house, 'app');
    const sessions = await openSessions(house, 16, 'app');
    const tokens = sessions.map(({ access }) => access);
    let next = 1;
    const fire = async (build: Build, amount: number) => {
      const first = (next += amount) - amount;
      const wanted = { first, amount, callers: SIGNING_IN };
      const [, logging] = burstsOf(cells.right, house.url(build), wanted);
      const signingIn = generator.fire(logging);
      const [logins, profiles] = await Promise.all([
        signingIn,
        beside.fire({ ...looking(house, build, tokens), everyMs: LOOK_EVERY_MS }, signingIn),
      ]);
      return { profileMs: profiles.latenciesMs, loginMs: logins.latenciesMs };
    };

    for (const build of BUILDS) await fire(build, 2 * SIGNING_IN);
    const found: Mixed[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const build of round % 2 === 0 ? BUILDS : BUILDS.toReversed()) {
        found.push({ build, round, ...(await fire(build, logins)) });
      }
    }
    return found;
  } finally {
    beside.close();
    await house.close();
  }
}

function looking(house: Server, build: Build, tokens: string[]): Burst {
  const wanted = { first: 1, amount: MOST_LOOKS, callers: 1, tokens };
  return burstsOf(cells.profile, house.url(build), wanted)[1];
}
