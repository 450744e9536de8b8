/** From the spawn of a workerd to the health check's first 200, and to the first login's. */
import { cpSync, rmSync } from 'node:fs';
import { makeDataDirectory } from '../server.ts';
import { startUntilAnswered } from '../starts.ts';
import { startPeers, type PeersBuilt } from './server.ts';
import { bodyOf, headers, pathsOf, subjectNames, type Subject } from './subjects.ts';

export interface PeersStart {
  who: Subject;
  until: 'health' | 'login';
  wallMs: number;
  cpuMs: number;
}

interface StartsOptions {
  built: PeersBuilt;
  furnished: string;
  times: number;
}

/** `times` of each, in turns. */
export async function measurePeersStarts({ built, furnished, times }: StartsOptions) {
  const persistTo = makeDataDirectory();
  cpSync(furnished, persistTo, { recursive: true });
  const kinds = subjectNames.flatMap((who) =>
    (['health', 'login'] as const).map((until) => ({ who, until })),
  );
  const starts: PeersStart[] = [];
  try {
    for (let time = 0; time < times; time += 1) {
      for (const { who, until } of time % 2 === 0 ? kinds : kinds.toReversed()) {
        const address = { 'CF-Connecting-IP': `10.2.0.${time}` };
        const knock = {
          path: pathsOf(who)[until],
          status: 200,
          headers: { ...headers, ...address },
          ...(until === 'health'
            ? {}
            : { method: 'POST' as const, body: bodyOf(`right-${time}@bench.example`) }),
        };
        const { wallMs, cpuMs } = await startUntilAnswered(
          (port, onSpawn) => startPeers({ built, inhabitants: [who], persistTo, port, onSpawn }),
          knock,
        );
        starts.push({ who, until, wallMs, cpuMs });
      }
    }
    return starts;
  } finally {
    rmSync(persistTo, { recursive: true, force: true });
  }
}
