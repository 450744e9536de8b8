/**
 * From the spawn of a workerd to its first answer, beside a no-op Worker with the same bindings.
 * Asked for a path that nobody has, the app does what every request needs and no more; its health
 * check is held against a no-op Worker that makes the same three calls.
 */
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Built } from './build.ts';
import { makeDataDirectory, migrate, startServer, type Server } from './server.ts';
import { fineCpuMs } from './process.ts';

const kinds = {
  'no-op': { who: 'no-op', path: '/', status: 200 },
  app: { who: 'app', path: '/nothing', status: 404 },
  'no-op, health': { who: 'no-op', path: '/healthz', status: 200 },
  'app, health': { who: 'app', path: '/healthz', status: 200 },
} as const;

export type StartKind = keyof typeof kinds;
export const startKinds = Object.keys(kinds) as StartKind[];

export interface Start {
  kind: StartKind;
  wallMs: number;
  cpuMs: number;
}

const PATIENCE_MS = 20_000;

/** `times` of each kind, in turns. */
export async function measureStarts(built: Built, times: number): Promise<Start[]> {
  const data = makeDataDirectory();
  try {
    const house = await startServer({ built, inhabitants: ['app'], persistTo: data });
    await migrate(house.miniflare, 'app');
    await house.close();

    const starts: Start[] = [];
    for (let time = 0; time < times; time += 1) {
      const turn = time % 2 === 0 ? startKinds : startKinds.toReversed();
      for (const kind of turn) starts.push({ kind, ...(await start(built, kind, data)) });
    }
    return starts;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function start(built: Built, kind: StartKind, persistTo: string) {
  const { who, ...knock } = kinds[kind];
  return startUntilAnswered(
    (port, onSpawn) => startServer({ built, inhabitants: [who], port, persistTo, onSpawn }),
    knock,
  );
}

export interface Knock {
  path: string;
  status: number;
  method?: 'POST';
  headers?: Record<string, string>;
  body?: string;
}

type Open = (port: number, onSpawn: (child: ChildProcess) => void) => Promise<Server>;

export async function startUntilAnswered(open: Open, knock: Knock) {
  const port = await freePort();
  const spawned = Promise.withResolvers<{ child: ChildProcess; atMs: number }>();
  const opening = open(port, (child) => spawned.resolve({ child, atMs: performance.now() }));
  try {
    const { child, atMs } = await Promise.race([
      spawned.promise,
      opening.then(() => spawned.promise),
    ]);
    const answer = await firstAnswer(`http://127.0.0.1:${port}${knock.path}`, knock);
    const wallMs = performance.now() - atMs;
    const cpuMs = fineCpuMs(child.pid ?? 0);
    if (answer !== knock.status) {
      throw new Error(`${knock.path}: the first answer was ${answer}, not ${knock.status}`);
    }
    return { wallMs, cpuMs };
  } finally {
    await (await opening).close();
  }
}

/** Knocks until somebody opens; nobody listens before workerd is up. */
async function firstAnswer(url: string, knock: Knock): Promise<number> {
  const { method = 'GET', headers = {}, body = '' } = knock;
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (performance.now() < deadlineMs) {
    const status = await new Promise<number | null>((resolve) => {
      request(url, { agent: false, method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', () => resolve(null))
        .end(body);
    });
    if (status !== null) return status;
    await sleep(1);
  }
  throw new Error(`${url} did not answer`);
}

/**
 * Below the range from which systems take the ports of outgoing connections: a knock that was given
 * the very port it knocks at would be answered by itself, and keep workerd from having it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
