/**
 * Measures profiles while others log in: with the hash in slices, as deployed, and in a build whose
 * hash is one piece of work. Both run in one workerd and take turns, so that they meet the same
 * minutes.
 */
import { median, quantile } from '../statistics.ts';
import { burstsOf, cells } from './cells.ts';
import { startGenerator, type Generator } from './load.ts';
import { openSessions } from './sessions.ts';
import { seedDatabase, startWorkers, type Scripts } from './workers.ts';

export const BUILDS = ['app', 'unsliced'] as const;
export type Build = (typeof BUILDS)[number];

export const LOGIN_CALLERS = 4;
export const PROFILE_EVERY_MS = 25;
/** More profiles than there is time for. */
const PROFILES = 10_000;

export interface Mixed {
  build: Build;
  round: number;
  profileMs: number[];
  loginMs: number[];
}

export async function measureMixed(
  scripts: Scripts,
  generator: Generator,
  { rounds, logins }: { rounds: number; logins: number },
): Promise<Mixed[]> {
  const server = await startWorkers(scripts, BUILDS);
  const paced = startGenerator();
  try {
    await seedDatabase(server);
    const tokens = (await openSessions(server, 16)).map(({ access }) => access);
    let first = 1;
    const measure = async (build: Build, amount: number) => {
      const origin = server.url(build);
      const callers = LOGIN_CALLERS;
      const [, loginBurst] = burstsOf(cells.right, origin, { first, amount, callers });
      first += amount;
      const profiles = { first: 1, amount: PROFILES, callers: 1, tokens };
      const [, profileBurst] = burstsOf(cells.profile, origin, profiles);
      const loggingIn = generator.run(loginBurst);
      const [login, profile] = await Promise.all([
        loggingIn,
        paced.run({ ...profileBurst, everyMs: PROFILE_EVERY_MS }, loggingIn),
      ]);
      return { profileMs: profile.latenciesMs, loginMs: login.latenciesMs };
    };
    for (const build of BUILDS) await measure(build, 2 * LOGIN_CALLERS);
    const mixed: Mixed[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const build of round % 2 === 0 ? BUILDS : BUILDS.toReversed()) {
        mixed.push({ build, round, ...(await measure(build, logins)) });
      }
    }
    return mixed;
  } finally {
    paced.close();
    await server.close();
  }
}

export function mixedFigure(mixed: readonly Mixed[], build: Build) {
  const own = mixed.filter((each) => each.build === build);
  const figures = (of: 'profileMs' | 'loginMs') => {
    const samples = own.flatMap((each) => each[of]);
    return { n: samples.length, p50Ms: median(samples), p99Ms: quantile(samples, 0.99) };
  };
  return { profile: figures('profileMs'), login: figures('loginMs') };
}
