/** A planted leak in the time of the next request is found; without it no kind differs. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { measure } from '../../tools/prove/timing/measure.ts';
import { report } from '../../tools/prove/timing/report.ts';

const contract = contracts.find(({ identifier }) => identifier === 'email');
const cost = { iterations: 1, rounds: 1 };
/** Far beyond what a busy machine adds to an answer, again and again, for one kind only. */
const LEAK_MS = 25;

/** Answers at once; `leaks`: the request after one about a known account is delayed. */
async function startFake(leaks: boolean) {
  const known = new Set<unknown>();
  let busyUntilMs = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { email } = body === '' ? {} : (JSON.parse(body) as { email?: string });
      const waitMs = Math.max(0, busyUntilMs - performance.now());
      setTimeout(() => {
        if (leaks && known.has(email)) busyUntilMs = performance.now() + LEAK_MS;
        response.writeHead(request.url === '/healthz' ? 200 : 202, { 'Content-Length': '2' });
        response.end('{}');
      }, waitMs);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const database = {
    prepare: () => ({ bind: (...values: unknown[]) => values.forEach((one) => known.add(one)) }),
    batch: async () => [],
  };
  const target = {
    url: new URL(`http://127.0.0.1:${port}`),
    database: database as unknown as D1Database,
    idle: async () => undefined,
  };
  return { target, close: () => server.close() };
}

it.each([
  ['after-forgot-password', true],
  ['after-forgot-password', false],
  ['forgot-password', true],
])('%s, with a leak in the next request: %s', async (operation, leaks) => {
  if (contract === undefined) throw new Error('there is no contract');
  const { target, close } = await startFake(leaks);
  try {
    const plan = { operation, contract, cost, samples: 30, warmUp: 2 };
    const { text } = report(plan, await measure(target, plan));
    const different = text.split('\n').filter((line) => line.startsWith('TOLD APART'));
    const isFound = leaks && operation.startsWith('after-');
    expect(different.some((line) => line.includes('unknown / known'))).toBe(isFound);
  } finally {
    close();
  }
});
