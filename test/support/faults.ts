/**
 * The faults of a call to a binding (database, limits, metrics, mail). A fault strikes one call of a
 * request; a lasting one also fails every later call to the same binding.
 */
import type { BindingInterceptor, Call } from '../fixtures/intercept-bindings.ts';
import { moveClock } from './session.ts';

/** Stands in every error, as drivers quote what they were given: nothing may log or answer it. */
export const CANARY = 'canary-51c0e7';

/** Longer than a ticket lives, and than a client waits. */
export const LATE_MS = 31_000;

type Inject = (
  call: Call,
  proceed: () => Promise<unknown>,
  /** Sends the same request once more and waits for its answer. */
  repeat: () => Promise<unknown>,
) => Promise<unknown>;

export interface Fault {
  name: string;
  inject: Inject;
  /** The bindings that it can hit. */
  bindings: readonly Call['to'][];
  lasting?: boolean;
  /** Strikes only calls that the answer depends on. */
  awaitedOnly?: boolean;
  /** The behaviour that the error's flags demand: the call is repeated, or the request refused. */
  demands?: 'retry' | 'refusal';
}

const OVERLOADED: Record<Call['to'], string> = {
  database: 'D1 DB is overloaded. Requests queued for too long.',
  limits: 'Durable Object is overloaded. Too many requests queued.',
  metrics: 'Durable Object is overloaded. Too many requests queued.',
  mail: 'Too many requests.',
};

export function bindingError({ to }: Call, flags: object = {}): Error {
  const prefix = to === 'database' ? 'D1_ERROR: ' : '';
  const message = 'overloaded' in flags ? OVERLOADED[to] : 'Network connection lost.';
  return Object.assign(
    new Error(`${prefix}${message} ${CANARY}`, { cause: new Error(CANARY) }),
    { name: `${CANARY} Error`, params: [CANARY] },
    flags,
  );
}

const isLost =
  (flags?: object): Inject =>
  (call) =>
    Promise.reject(bindingError(call, flags));

const losesItsAnswer =
  (flags?: object): Inject =>
  async (call, proceed) => {
    await proceed();
    throw bindingError(call, flags);
  };

const ALL = ['database', 'limits', 'metrics', 'mail'] as const;
const DECIDING = ['database', 'limits'] as const;
const REPEATABLE = { retryable: true, remote: false };

/** The faults that show how a contract words an outage. */
export const mainFaults: readonly Fault[] = [
  { name: 'is lost', inject: isLost(), bindings: ALL },
  { name: 'is done, and its answer lost', inject: losesItsAnswer(), bindings: ALL },
  {
    name: 'is done, its answer lost, and all that follows',
    inject: losesItsAnswer(),
    bindings: ALL,
    lasting: true,
  },
];

export const faults: readonly Fault[] = [
  ...mainFaults,
  { name: 'is lost, and all that follows', inject: isLost(), bindings: ALL, lasting: true },
  {
    name: 'meets an overload',
    inject: isLost({ overloaded: true, retryable: true, remote: true }),
    bindings: DECIDING,
    awaitedOnly: true,
    demands: 'refusal',
  },
  {
    name: 'is lost, and may be repeated',
    inject: isLost(REPEATABLE),
    bindings: ['limits'],
    demands: 'retry',
  },
  {
    name: 'is done, its answer lost, and may be repeated',
    inject: losesItsAnswer(REPEATABLE),
    bindings: ['limits'],
  },
  {
    name: 'arrives late',
    bindings: DECIDING,
    awaitedOnly: true,
    inject: (_call, proceed) => {
      moveClock(LATE_MS);
      return proceed();
    },
  },
  {
    name: 'is answered late',
    bindings: DECIDING,
    awaitedOnly: true,
    inject: async (_call, proceed) => {
      const answer = await proceed();
      moveClock(LATE_MS);
      return answer;
    },
  },
  {
    name: 'is overtaken by a second request',
    bindings: DECIDING,
    awaitedOnly: true,
    inject: async (_call, proceed, repeat) => {
      await repeat();
      return proceed();
    },
  },
  {
    name: 'is answered after a second request',
    bindings: DECIDING,
    awaitedOnly: true,
    inject: async (_call, proceed, repeat) => {
      const answer = await proceed();
      await repeat();
      return answer;
    },
  },
];

/** Names calls by binding, method and number, as in `database batch 1`: stable among parallel calls. */
export function callNames(): (call: Call) => string {
  const counts = new Map<string, number>();
  return ({ to, method }) => {
    const kind = `${to} ${method}`;
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    return `${kind} ${nth}`;
  };
}

/** Strikes the call of this name; `struck` returns whether it ever came. */
export function injectFault(
  fault: Fault,
  callName: string,
  repeat: () => Promise<unknown>,
): { intercept: BindingInterceptor; struck(): boolean } {
  const nameOf = callNames();
  let struck: Call | null = null;
  const intercept: BindingInterceptor = async <T>(call: Call, proceed: () => Promise<T>) => {
    const name = nameOf(call);
    if (struck === null && name === callName) {
      struck = call;
      return (await fault.inject(call, proceed, repeat)) as T;
    }
    if (struck !== null && fault.lasting && call.to === struck.to) throw bindingError(call);
    return proceed();
  };
  return { intercept, struck: () => struck !== null };
}

/** Fails every call that is chosen. */
export const failing =
  (isChosen: (call: Call) => boolean): BindingInterceptor =>
  (call, proceed) =>
    isChosen(call) ? Promise.reject(bindingError(call)) : proceed();
