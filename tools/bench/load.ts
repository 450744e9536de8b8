/**
 * The load generator: autocannon in a process of its own, so that neither its CPU nor its garbage
 * collector shows up in what is measured. Every latency is kept as it was; autocannon's own
 * histogram counts whole milliseconds, and its correction for coordinated omission is for constant
 * rates, which a fixed number of callers is not.
 */
import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { firePaced } from './paced.ts';

/** What the callers send. `{n}` stands for the number of the request, `{token}` for its token. */
export interface Burst {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string;
  /** `{n}` in URL and body counts from `first` and begins anew after `every`. */
  every: number;
  /** How many addresses the requests come from, in turns. */
  addresses: number;
  first: number;
  amount: number;
  callers: number;
  /** Instead of callers who wait for their answer: one request every so often. */
  everyMs?: number;
  status: number;
  /** In turns, from the first request of the burst. */
  tokens?: string[];
}

export interface Fired {
  latenciesMs: number[];
  /** The generator's own, for the suspicion that it is the bottleneck. */
  generatorCpuMs: number;
  tookMs: number;
}

export interface Generator {
  /**
   * Throws where a response is missing or has another status than the expected one. A burst at a
   * pace of its own ends early once `enough` is settled.
   */
  fire(burst: Burst, enough?: Promise<unknown>): Promise<Fired>;
  close(): void;
}

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    fire: (burst, enough) =>
      new Promise((resolve, reject) => {
        const gone = () => reject(new Error('the load generator ended'));
        child.once('exit', gone);
        child.once('message', (answer: Fired | { error: string }) => {
          child.off('exit', gone);
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer);
        });
        child.send(burst);
        const end = () => void child.send(ENOUGH);
        enough?.then(end, end);
      }),
    close: () => child.disconnect(),
  };
}

const ENOUGH = 'enough';

/** Every number has an address of its own in 10.0.0.0/8. */
const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

async function fire(burst: Burst): Promise<Fired> {
  const { origin, pathname, search } = new URL(burst.url);
  const path = decodeURIComponent(pathname + search);
  const latenciesMs: number[] = [];
  let n = burst.first;
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let endedMs = startedMs;

  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: origin,
        amount: burst.amount,
        connections: burst.callers,
        timeout: 60,
        sampleInt: 20,
        requests: [
          {
            setupRequest: (request) => {
              const token = burst.tokens?.[(n - burst.first) % burst.tokens.length] ?? '';
              const own = (text: string) =>
                text.replace('{n}', String(n % burst.every)).replace('{token}', token);
              const headers = Object.entries(burst.headers).map(([name, value]) => [
                name,
                own(value),
              ]);
              const address = burst.headers['CF-Connecting-IP'] ?? addressOf(n % burst.addresses);
              const prepared = {
                ...request,
                method: burst.method,
                path: own(path),
                headers: { ...Object.fromEntries(headers), 'CF-Connecting-IP': address },
                body: own(burst.body),
              };
              n += 1;
              return prepared;
            },
          },
        ],
      },
      (error: unknown, done) => (error ? reject(error as Error) : resolve(done)),
    );
    instance.on('response', (...[, , , latencyMs]) => {
      latenciesMs.push(latencyMs);
      endedMs = performance.now();
    });
  });

  const statuses = (result as { statusCodeStats?: Record<string, { count: number }> })
    .statusCodeStats;
  const expected = statuses?.[burst.status]?.count ?? 0;
  if (expected !== burst.amount || result.errors > 0 || result.timeouts > 0) {
    throw new Error(
      `${burst.method} ${burst.url}: expected ${burst.amount} times ${burst.status}, got ` +
        `${JSON.stringify(statuses)}, ${result.errors} errors, ${result.timeouts} timeouts`,
    );
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return { latenciesMs, generatorCpuMs: (user + system) / 1000, tookMs: endedMs - startedMs };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) {
  process.once('disconnect', () => process.exit());
  let isEnough = false;
  process.on('message', (burst: Burst | typeof ENOUGH) => {
    isEnough = burst === ENOUGH;
    if (burst === ENOUGH) return;
    const { everyMs } = burst;
    const firing =
      everyMs === undefined ? fire(burst) : firePaced(burst, { everyMs, isEnough: () => isEnough });
    firing.then(
      (fired) => process.send?.(fired),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}
