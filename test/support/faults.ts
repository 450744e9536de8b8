/**
 * What can happen to a call on its way to the database, the guard, the mail or the metrics, and back.
 * A fault is a tap that strikes one call; a lasting one strikes what the same part is asked later, too.
 */
import { vi } from 'vitest';
import type { Call, BindingInterceptor } from '../fixtures/intercept-bindings.ts';

/** Stands in every error, where drivers quote what they were given: no log may have it. */
export const CANARY = 'canary-51c0e7';

export interface Fault {
  name: string;
  hits: readonly Call['to'][];
  lasting: boolean;
  /** The call may have done its work though its caller was told of an error. */
  commits: boolean;
  /** The platform asks not to be asked again: the request is refused. */
  refused: boolean;
  /** The platform says that asking again is worth it: the request does not notice. */
  mended: boolean;
  /** Matters only to calls that the answer waits for. */
  inFront: boolean;
  /** `again`: the client sends its request a second time, and is answered. */
  strike<T>(call: Call, proceed: () => Promise<T>, again: () => Promise<unknown>): Promise<T>;
}

/** Past a ticket's half minute, and any client's patience. */
export const LATE_MS = 31_000;

export const moveClock = (byMs: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });

function failure({ to }: Call, flags: object = {}): Error {
  const message = 'overloaded' in flags ? OVERLOADED[to] : 'Network connection lost.';
  const prefix = to === 'database' ? 'D1_ERROR: ' : '';
  return Object.assign(
    new Error(`${prefix}${message} ${CANARY}`, { cause: new Error(CANARY) }),
    { name: `${CANARY} Error`, params: [CANARY] },
    flags,
  );
}

const OVERLOADED: Record<Call['to'], string> = {
  database: 'D1 DB is overloaded. Requests queued for too long.',
  limits: 'Durable Object is overloaded. Too many requests queued.',
  metrics: 'Durable Object is overloaded. Too many requests queued.',
  mail: 'Too many requests.',
};

const parts = ['database', 'limits', 'metrics', 'mail'] as const;
const deciding = ['database', 'limits'] as const;
const once = {
  lasting: false,
  commits: false,
  inFront: false,
  refused: false,
  mended: false,
} as const;

const before =
  (flags?: object): Fault['strike'] =>
  async (call) => {
    throw failure(call, flags);
  };

const after =
  (flags?: object): Fault['strike'] =>
  async (call, proceed) => {
    await proceed();
    throw failure(call, flags);
  };

const LOST_FOR_GOOD = 'is done, and its answer lost with all that follows';
const REPEATABLE = { retryable: true, remote: false };

export const faults: readonly Fault[] = [
  { ...once, name: 'is lost on its way', hits: parts, strike: before() },
  { ...once, name: 'is done, and its answer lost', hits: parts, commits: true, strike: after() },
  {
    ...once,
    name: 'meets an overload',
    refused: true,
    inFront: true,
    hits: deciding,
    strike: before({ overloaded: true, retryable: true, remote: true }),
  },
  {
    ...once,
    mended: true,
    name: 'is lost, and may be repeated',
    hits: ['limits'],
    strike: before(REPEATABLE),
  },
  {
    ...once,
    name: 'is done, its answer lost, and may be repeated',
    hits: ['limits'],
    commits: true,
    strike: after(REPEATABLE),
  },
  {
    ...once,
    name: 'is lost, and all that follows',
    hits: parts,
    lasting: true,
    strike: before(),
  },
  {
    ...once,
    name: LOST_FOR_GOOD,
    hits: parts,
    lasting: true,
    commits: true,
    strike: after(),
  },
  {
    ...once,
    name: 'arrives late',
    inFront: true,
    hits: deciding,
    strike: (_call, proceed) => {
      moveClock(LATE_MS);
      return proceed();
    },
  },
  {
    ...once,
    name: 'is answered late',
    inFront: true,
    hits: deciding,
    strike: async (_call, proceed) => {
      const answer = await proceed();
      moveClock(LATE_MS);
      return answer;
    },
  },
  {
    ...once,
    name: 'is overtaken by a second request',
    inFront: true,
    hits: deciding,
    strike: async (_call, proceed, again) => {
      await again();
      return proceed();
    },
  },
  {
    ...once,
    name: 'is answered after a second request',
    inFront: true,
    hits: deciding,
    strike: async (_call, proceed, again) => {
      const answer = await proceed();
      await again();
      return answer;
    },
  },
];

/** Those that tell whether a contract says things as the others do. */
export const mainFaults = faults.filter(({ name }) =>
  ['is lost on its way', 'is done, and its answer lost', LOST_FOR_GOOD].includes(name),
);

/** A call by what it is and how many of its kind came before it: parallel ones keep their names. */
export function named() {
  const seen = new Map<string, number>();
  return ({ to, method }: Call): string => {
    const kind = `${to} ${method}`;
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    return `${kind} ${nth}`;
  };
}

/** `struck` says whether the call ever came. */
export function injectFault(
  fault: Fault,
  at: string,
  again: () => Promise<unknown>,
): { intercept: BindingInterceptor; struck(): boolean } {
  const nameOf = named();
  let struck: Call | null = null;
  const intercept: BindingInterceptor = (call, proceed) => {
    const name = nameOf(call);
    if (struck !== null) {
      return fault.lasting && call.to === struck.to ? Promise.reject(failure(call)) : proceed();
    }
    if (name !== at) return proceed();
    struck = call;
    return fault.strike(call, proceed, again);
  };
  return { intercept, struck: () => struck !== null };
}
