/**
 * The deployed bundle in a bare Miniflare, its data on disk, its settings those of wrangler.toml.
 * It can be killed at any moment, and opened again on what the disk then holds.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { convertV4MiniflareOptions, Miniflare, Response } from 'miniflare';
import { migrate } from '../../bench/server.ts';
import { spawning } from '../../bench/process.ts';
import { bindings, compatibilityDate } from './context.ts';

export interface RaceServer {
  origin: string;
  /** At once: nobody in it gets to finish anything. */
  strike(): void;
  /** Resolves when it is dead. */
  buried(): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'gatehouse';
const durableObject = (className: string) => ({ className, useSQLite: true });

/** `isNew`: there is nothing on the disk yet. */
export async function startServer(
  script: string,
  { data, isNew }: { data: string; isNew: boolean },
): Promise<RaceServer> {
  const open = async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        workers: [
          {
            name: NAME,
            modules: [{ type: 'ESModule', path: 'worker.js', contents: script }],
            modulesRoot: '.',
            compatibilityDate,
            bindings: bindings as Record<string, never>,
            d1Databases: { DB: NAME },
            durableObjects: {
              RATE_LIMITER: durableObject('RateLimiter'),
              ACCOUNT_LOCKOUT: durableObject('AccountLockout'),
              METRICS_AGGREGATOR: durableObject('MetricsAggregator'),
            },
            email: { send_email: [{ name: 'EMAIL' }] },
            // Letters are read from a page; how it looks is nothing to us.
            serviceBindings: { ASSETS: () => Response.json({}) },
            unsafeDirectSockets: [{}],
          },
        ],
        cf: false,
        handleStructuredLogs: () => undefined,
        resourcePersistencePath: data,
      }),
    );
    await miniflare.ready;
    const { origin } = await miniflare.unsafeGetDirectURL(NAME);
    return { miniflare, origin };
  };
  const spawned = Promise.withResolvers<ChildProcess>();
  const { value, pid } = await spawning(open, spawned.resolve);
  const { miniflare, origin } = value;
  if (isNew) await migrate(miniflare, NAME);
  const workerd = await spawned.promise;
  const died = once(workerd, 'exit');
  return {
    origin,
    strike: () => process.kill(pid, 'SIGKILL'),
    buried: async () => {
      await died;
      await miniflare.dispose();
    },
    close: () => miniflare.dispose(),
  };
}
