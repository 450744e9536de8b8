/** When to kill: at the first bytes of a certain answer, or at a random time. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareBurst } from '../../burst.ts';
import type { Server } from '../../server.ts';
import { threshold } from './context.ts';
import type { Received, Sent, Target } from './expected-state.ts';
import { isVerdict as isVerdictOn } from './wire.ts';

/** The first bytes of an answer. */
interface Head {
  kind: Sent['kind'];
  status: number;
  /** On a guess. */
  isVerdict: boolean;
  /** The number of verdicts on the target, of which this is the last; else 0. */
  verdicts: number;
}

export interface KillPoint {
  name: string;
  isAt?: (head: Head) => boolean;
  /** A random time after the start, instead of an answer. */
  withinMs?: [number, number];
  /** Between requests, so that some are answered while others are processed. */
  everyMs: number;
  /** Logins alone, so that all are stored and answered at about the same time. */
  loginsOnly?: true;
}

export const isGrant = ({ kind, status }: Head) => kind === 'login' && status === 200;
const isGuess = ({ kind }: Head) => kind === 'guess';
export const atRandom: KillPoint = {
  name: 'at a random time',
  withinMs: [200, 2_000],
  everyMs: 50,
};
export const atHead = (of: string, isAt: (head: Head) => boolean): KillPoint => ({
  name: `at the first bytes of ${of}`,
  isAt,
  everyMs: 50,
});

export const KILL_POINTS: readonly KillPoint[] = [
  atHead('a grant', isGrant),
  { ...atHead('a grant among many logins', isGrant), everyMs: 0, loginsOnly: true },
  atHead("a name's last verdict", ({ verdicts }) => verdicts === threshold),
  { name: 'while passwords are hashed', withinMs: [20, 200], everyMs: 0 },
  atHead('a lock', (head) => isGuess(head) && !head.isVerdict),
  atHead('a refresh', ({ kind, status }) => kind === 'refresh' && status === 200),
  atRandom,
  atHead('a verdict', ({ isVerdict }) => isVerdict),
  atRandom,
];

/** Sends all, kills the server at the kill point, and returns what was received until then. */
export async function killAt(
  { isAt, withinMs, everyMs }: KillPoint,
  { server, sent, target }: { server: Server; sent: readonly Sent[]; target: Target },
): Promise<Received> {
  const killed = new AbortController();
  const kill = () => {
    if (killed.signal.aborted) return;
    killed.abort();
    server.kill();
  };
  let verdicts = 0;
  const burst = await prepareBurst(server.url(), sent, (head, n) => {
    const attempt = sent[n];
    if (attempt === undefined) return;
    const { kind, of } = attempt;
    const isVerdict = kind === 'guess' && isVerdictOn(attempt, head);
    const isOnTarget = isVerdict && of === target;
    if (isOnTarget) verdicts += 1;
    if (isAt?.({ kind, status: head.status, isVerdict, verdicts: isOnTarget ? verdicts : 0 }))
      kill();
  });
  const sentAtMs = Date.now();
  const released = burst.release(everyMs);
  const timer = withinMs && sleep(randomInt(...withinMs), undefined, { signal: killed.signal });
  // The answer may not come; then the kill follows the last one.
  await Promise.race([timer?.catch(() => undefined) ?? burst.answers, burst.answers]);
  kill();
  await released;
  const answers = await burst.answers;
  await server.exited();
  return { answers, sentAtMs };
}
