/**
 * Requests at a steady pace, whether those before have been answered or not: who arrives does not
 * know how busy it is. A caller who waits for one answer before asking again would be heard mostly
 * while it goes fast.
 */
import { Agent, request } from 'node:http';
import type { Burst, Fired } from './load.ts';

const MOST_SOCKETS = 512;

export async function firePaced(
  { url, method, headers, status, tokens = [], amount }: Burst,
  { everyMs, isEnough }: { everyMs: number; isEnough: () => boolean },
): Promise<Fired> {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
  const latenciesMs: number[] = [];
  const ask = (n: number) =>
    new Promise<void>((resolve, reject) => {
      const token = tokens[n % tokens.length] ?? '';
      const own = Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('{token}', token),
      ]);
      const startedMs = performance.now();
      request(url, { agent, method, headers: Object.fromEntries(own) }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode !== status) {
            return reject(new Error(`${url}: expected ${status}, got ${response.statusCode}`));
          }
          latenciesMs.push(performance.now() - startedMs);
          resolve();
        });
      })
        .once('error', reject)
        .end();
    });

  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const asked: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const clock = setInterval(() => {
      if (isEnough() || asked.length >= amount) {
        clearInterval(clock);
        return resolve();
      }
      const answered = ask(asked.length);
      answered.catch(() => undefined);
      asked.push(answered);
    }, everyMs);
  });
  await Promise.all(asked);
  agent.destroy();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    latenciesMs,
    generatorCpuMs: (user + system) / 1000,
    tookMs: performance.now() - startedMs,
  };
}
