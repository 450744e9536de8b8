/**
 * The load generator: autocannon in a process of its own, so that neither its CPU nor its garbage
 * collector is part of what is measured. Every latency is kept; autocannon's own histogram counts
 * whole milliseconds, and its correction for coordinated omission is for constant rates.
 */
import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** `{n}` stands for the number of the request, modulo `every`, and `{token}` for its token. */
export interface Burst {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string;
  every: number;
  /** The number of client addresses, used in turns. */
  addresses: number;
  /** The number of the first request. */
  first: number;
  amount: number;
  /** Connections that each wait for an answer before they send again. */
  callers: number;
  /** Milliseconds between requests, instead of `callers`. */
  everyMs?: number;
  /** The status that every answer must have. */
  status: number;
  tokens?: string[];
}

export interface BurstResult {
  latenciesMs: number[];
  /** The generator's own CPU time, to recognise it as the bottleneck. */
  generatorCpuMs: number;
  tookMs: number;
}

export interface Generator {
  /**
   * Rejects where an answer is missing or has another status than the expected one. A paced burst
   * ends early once `until` is settled.
   */
  run(burst: Burst, until?: Promise<unknown>): Promise<BurstResult>;
  close(): void;
}

const STOP = 'stop';

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    run: (burst, until) =>
      new Promise((resolve, reject) => {
        const exited = () => reject(new Error('the load generator ended'));
        child.once('exit', exited);
        child.once('message', (answer: BurstResult | { error: string }) => {
          child.off('exit', exited);
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer);
        });
        child.send(burst);
        const stop = () => void child.send(STOP);
        until?.then(stop, stop);
      }),
    close: () => child.disconnect(),
  };
}

/** The headers and the texts of request `n`. Every number has an address of its own in 10.0.0.0/8. */
function expanded(burst: Burst, n: number) {
  const token = burst.tokens?.[(n - burst.first) % burst.tokens.length] ?? '';
  const expand = (text: string) =>
    text.replace('{n}', String(n % burst.every)).replace('{token}', token);
  const address = n % burst.addresses;
  const headers = {
    'CF-Connecting-IP': `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`,
    ...Object.fromEntries(
      Object.entries(burst.headers).map(([name, value]) => [name, expand(value)]),
    ),
  };
  return { method: burst.method, headers, expand };
}

async function sendFromCallers(burst: Burst): Promise<number[]> {
  const { origin, pathname, search } = new URL(burst.url);
  const path = decodeURIComponent(pathname + search);
  const latenciesMs: number[] = [];
  let n = burst.first;
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
              const { method, headers, expand } = expanded(burst, n);
              n += 1;
              return { ...request, method, headers, path: expand(path), body: expand(burst.body) };
            },
          },
        ],
      },
      (error: unknown, done) => (error ? reject(error as Error) : resolve(done)),
    );
    instance.on('response', (...[, , , latencyMs]) => latenciesMs.push(latencyMs));
  });
  const { statusCodeStats: statuses = {} } = result as {
    statusCodeStats?: Record<string, { count: number }>;
  };
  if (statuses[burst.status]?.count !== burst.amount || result.errors > 0 || result.timeouts > 0) {
    throw new Error(
      `${burst.method} ${burst.url}: expected ${burst.amount} times ${burst.status}, got ` +
        `${JSON.stringify(statuses)}, ${result.errors} errors, ${result.timeouts} timeouts`,
    );
  }
  return latenciesMs;
}

const SOCKETS = 512;

/**
 * Sends at a fixed interval, whether earlier requests have been answered or not: a caller that waits
 * for one answer before it asks again would sample mostly the fast moments. Ends at `amount` requests
 * or as soon as `isDone`.
 */
async function sendPaced(
  burst: Burst,
  { everyMs, isDone }: { everyMs: number; isDone: () => boolean },
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const send = (n: number) =>
    new Promise<number>((resolve, reject) => {
      const { method, headers } = expanded(burst, burst.first + n);
      const startedMs = performance.now();
      request(burst.url, { agent, method, headers }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode === burst.status) return resolve(performance.now() - startedMs);
          reject(new Error(`${burst.url}: ${response.statusCode} instead of ${burst.status}`));
        });
      })
        .once('error', reject)
        .end();
    });
  const sent: Promise<number>[] = [];
  await new Promise<void>((resolve) => {
    const clock = setInterval(() => {
      if (isDone() || sent.length >= burst.amount) {
        clearInterval(clock);
        return resolve();
      }
      const answered = send(sent.length);
      // Awaited below; until then a rejection is no unhandled one.
      answered.catch(() => undefined);
      sent.push(answered);
    }, everyMs);
  });
  const latenciesMs = await Promise.all(sent);
  agent.destroy();
  return latenciesMs;
}

let isStopped = false;

async function run(burst: Burst): Promise<BurstResult> {
  const { everyMs } = burst;
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const latenciesMs = await (everyMs === undefined
    ? sendFromCallers(burst)
    : sendPaced(burst, { everyMs, isDone: () => isStopped }));
  const { user, system } = process.cpuUsage(cpuBefore);
  const tookMs = performance.now() - startedMs;
  return { latenciesMs, generatorCpuMs: (user + system) / 1000, tookMs };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) {
  process.once('disconnect', () => process.exit());
  process.on('message', (burst: Burst | typeof STOP) => {
    isStopped = burst === STOP;
    if (burst === STOP) return;
    run(burst).then(
      (result) => process.send?.(result),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}
