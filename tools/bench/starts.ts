/** Measures the time from the spawn of a workerd to its first answer. */
import { randomInt } from 'node:crypto';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { fineCpuMs } from '../process.ts';
import type { Server, ServerOptions } from '../server.ts';

/** The request that a Worker has to answer, and with which status. */
export interface StartKind<Name extends string> {
  to: Name;
  path: string;
  status: number;
  headers?: Record<string, string>;
  /** Sent by POST. */
  body?: string;
}

export interface Start<Kind extends string = string> {
  kind: Kind;
  wallMs: number;
  cpuMs: number;
}

type StartWorkers<Name extends string> = (
  names: readonly Name[],
  options: Omit<ServerOptions, 'workers'>,
) => Promise<Server>;

const PATIENCE_MS = 20_000;

/** `times` of each kind, in alternating order. `persistTo`: a migrated database. */
export async function measureStarts<Kind extends string, Name extends string>(
  kinds: Record<Kind, StartKind<Name>>,
  options: { start: StartWorkers<Name>; persistTo: string; times: number },
): Promise<Start<Kind>[]> {
  const names = Object.keys(kinds) as Kind[];
  const starts: Start<Kind>[] = [];
  for (let time = 0; time < options.times; time += 1) {
    for (const kind of time % 2 === 0 ? names : names.toReversed()) {
      // A new address each time, which no rate limit knows.
      const headers = { ...kinds[kind].headers, 'CF-Connecting-IP': `10.2.0.${time}` };
      const result = await startUntilAnswered({ ...kinds[kind], headers }, options);
      starts.push({ kind, ...result });
    }
  }
  return starts;
}

async function startUntilAnswered<Name extends string>(
  kind: StartKind<Name>,
  { start, persistTo }: { start: StartWorkers<Name>; persistTo: string },
) {
  const port = await lowPort();
  const spawned = Promise.withResolvers<{ child: ChildProcess; atMs: number }>();
  const onSpawn = (child: ChildProcess) => spawned.resolve({ child, atMs: performance.now() });
  const starting = start([kind.to], { port, persistTo, onSpawn });
  try {
    const { child, atMs } = await Promise.race([
      spawned.promise,
      starting.then(() => spawned.promise),
    ]);
    const status = await firstStatus(`http://127.0.0.1:${port}${kind.path}`, kind);
    const wallMs = performance.now() - atMs;
    const cpuMs = fineCpuMs(child.pid ?? 0);
    if (status !== kind.status) throw new Error(`${kind.path}: first answered ${status}`);
    return { wallMs, cpuMs };
  } finally {
    await (await starting).close();
  }
}

/** Sends the request until it is answered: the port is closed before workerd is up. */
async function firstStatus(url: string, { headers = {}, body }: StartKind<string>) {
  const method = body === undefined ? 'GET' : 'POST';
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (performance.now() < deadlineMs) {
    const status = await new Promise<number | undefined>((resolve) => {
      request(url, { agent: false, method, headers }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', () => resolve(undefined))
        .end(body);
    });
    if (status !== undefined) return status;
    await sleep(1);
  }
  throw new Error(`${url} did not answer`);
}

/**
 * A port below the range of outgoing connections: a connection that was given its own target port
 * would be answered by itself, and keep workerd from listening.
 */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
