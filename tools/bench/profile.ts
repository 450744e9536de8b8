/** Where a kind of request spends its CPU: V8's own profile, taken through the inspector. */
import type { Built } from './build.ts';
import { burstsOf, cells, lockingBurst, type Cell } from './cells.ts';
import { seedDatabase, startServer } from './server.ts';
import { inspect } from './inspector.ts';
import type { Generator } from './load.ts';
import { tokensFor } from './rounds.ts';

interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  }[];
  samples: number[];
  timeDeltas: number[];
}

const TOP = 30;
const SAMPLE_EVERY_US = 100;

export async function profile(built: Built, generator: Generator, name: string): Promise<string> {
  const cell: Cell | undefined = new Map<string, Cell>(Object.entries(cells)).get(name);
  if (cell === undefined) return `Name one of ${Object.keys(cells).join(', ')}.`;
  const house = await startServer({ built, inhabitants: [cell.to], inspectorPort: 0 });
  try {
    await seedDatabase(house, cell.to);
    const origin = house.url(cell.to);
    if (cell.to === 'app') await generator.fire(lockingBurst(origin, 1));
    const amount = name === 'right' || name === 'wrong' ? 50 : 1500;
    const [beforeWarmUp, warmUp] = burstsOf(cell, origin, { first: 100, amount, callers: 4 });
    const tokens = () => tokensFor(cell, house, amount);
    for (const burst of [...beforeWarmUp, { ...warmUp, tokens: await tokens() }])
      await generator.fire(burst);
    const [before, measured] = burstsOf(cell, origin, { first: 5000, amount, callers: 1 });
    for (const burst of before) await generator.fire(burst);

    const measuredTokens = await tokens();
    const inspector = await inspect(house, cell.to);
    await inspector.send('Profiler.enable');
    await inspector.send('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
    await inspector.send('Profiler.start');
    const { tookMs } = await generator.fire({ ...measured, tokens: measuredTokens });
    const { profile } = (await inspector.send('Profiler.stop')) as { profile: Profile };
    inspector.close();
    return `${cell.title}: ${amount} requests in ${Math.round(tookMs)} ms\n\n${ranking(profile, amount)}`;
  } finally {
    await house.close();
  }
}

/** Self time by function; the bundle is minified, so a place stands beside each name. */
function ranking({ nodes, samples, timeDeltas }: Profile, requests: number): string {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const selfUs = new Map<string, number>();
  let wholeUs = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const spentUs = timeDeltas[index] ?? 0;
    wholeUs += spentUs;
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    const place = frame.url === '' ? '' : ` ${frame.lineNumber + 1}:${frame.columnNumber + 1}`;
    selfUs.set(name + place, (selfUs.get(name + place) ?? 0) + spentUs);
  }
  const top = [...selfUs].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  const lines = top.map(([where, us]) => {
    const share = ((us / wholeUs) * 100).toFixed(1).padStart(5);
    return `${share} %  ${(us / requests).toFixed(1).padStart(8)} µs a request  ${where}`;
  });
  const whole = `${(wholeUs / requests).toFixed(1)} µs of the isolate a request`;
  return [whole, ...lines].join('\n');
}
