/** When to kill: at what a client just heard, or at a time. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { settings } from './context.ts';
import type { RaceServer } from './server.ts';
import type { Sent, Subject } from './expected-state.ts';
import { aim, type BurstAnswer } from './burst.ts';

/** The first bytes of an answer. */
interface Head {
  does: Sent['does'];
  status: number;
  /** Of guesses at the stranger, and this is one. */
  nthVerdict: number;
}

export interface KillPoint {
  name: string;
  comes?: (head: Head) => boolean;
  /** Where it waits for nothing. */
  withinMs?: [number, number];
  /** Between one request and the next, so that some are answered while others are at work. */
  everyMs: number;
  /** Everybody logs in and nobody guesses: all are stored and answered at about the same time. */
  isCrowd?: boolean;
}

const waiting = { everyMs: 50 };
const atAnyTime: KillPoint = { name: 'at any moment', withinMs: [200, 2_000], everyMs: 50 };

const isGrant = ({ does, status }: Head) => does.kind === 'login' && status === 200;

export const KILL_POINTS: readonly KillPoint[] = [
  { ...waiting, name: 'at the first bytes of a grant', comes: isGrant },
  {
    ...waiting,
    name: 'at the first bytes of a grant in a crowd',
    comes: isGrant,
    everyMs: 0,
    isCrowd: true,
  },
  {
    ...waiting,
    name: "at the first bytes of a name's last verdict",
    comes: ({ nthVerdict }) => nthVerdict === settings.lockout.threshold,
  },
  { name: 'while passwords are hashed', withinMs: [20, 200], everyMs: 0 },
  {
    ...waiting,
    name: 'at the first bytes of a lock',
    comes: ({ does, status }) => does.kind === 'guess' && status !== 401,
  },
  {
    ...waiting,
    name: 'at the first bytes of a refresh',
    comes: ({ does, status }) => does.kind === 'refresh' && status === 200,
  },
  atAnyTime,
  {
    ...waiting,
    name: 'at the first bytes of a verdict',
    comes: ({ does, status }) => does.kind === 'guess' && status === 401,
  },
  atAnyTime,
];

export interface Struck {
  heard: BurstAnswer[];
  sentAtMs: number;
}

/** Sends all, kills at the moment, and returns what was heard until then. */
export async function killAt(
  moment: KillPoint,
  { house, sent, stranger }: { house: RaceServer; sent: readonly Sent[]; stranger: Subject },
): Promise<Struck> {
  const over = new AbortController();
  const strike = () => {
    if (over.signal.aborted) return;
    over.abort();
    house.strike();
  };
  let verdicts = 0;
  const onHead = (status: number, n: number) => {
    const does = sent[n]?.does;
    if (does === undefined) return;
    const isVerdict = does.kind === 'guess' && does.at === stranger && status === 401;
    if (isVerdict) verdicts += 1;
    if (moment.comes?.({ does, status, nthVerdict: isVerdict ? verdicts : 0 })) strike();
  };
  const volley = await aim(
    house.origin,
    sent.map(({ shot }) => shot),
    onHead,
  );
  const sentAtMs = Date.now();
  const loosed = volley.release(moment.everyMs);
  const { withinMs } = moment;
  const patience = withinMs && sleep(randomInt(...withinMs), undefined, { signal: over.signal });
  // What it waits for may not come; then there is nothing left to wait for.
  await Promise.race([patience?.catch(() => undefined) ?? volley.heard, volley.heard]);
  strike();
  await loosed;
  const heard = await volley.heard;
  await house.buried();
  return { heard, sentAtMs };
}
