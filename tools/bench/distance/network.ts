/**
 * Puts a simulated network between a Worker and its bindings, and records the calls of one request
 * at a time. POST /network sets the network; GET /trace answers once all work after the response is
 * done, with the calls of the last request and the e-mails sent since the last trace.
 */
import type { CallTrace } from '../../../test/fixtures/call-trace.ts';
import type { BindingInterceptor, Call } from '../../../test/fixtures/intercept-bindings.ts';
import { slowNetwork } from '../../../test/fixtures/slow-network.ts';

/** Milliseconds there and back, by target of the call. */
export interface Distance extends Record<Call['to'], number> {
  /** Methods whose calls never arrive. */
  held?: readonly string[];
}

/** `slow` counts round trips, a distance takes its time; null is no network at all. */
export type Network = 'slow' | Distance | null;

export interface Traced {
  trace: CallTrace;
  mails: string[];
}

const HELD_MS = 3_600_000;

let network: Network = null;
let pending = 0;
const recorder = slowNetwork();
const mails: string[] = [];

export const intercept: BindingInterceptor = async (call, proceed) => {
  if (call.to === 'mail') mails.push(call.what.join('\n'));
  if (network === null) return proceed();
  if (network === 'slow') return recorder.intercept(call, proceed);
  const halfMs = network[call.to] / 2;
  await scheduler.wait(network.held?.includes(call.method) ? HELD_MS : halfMs);
  try {
    return await proceed();
  } finally {
    await scheduler.wait(halfMs);
  }
};

type Fetch<E> = (request: Request, env: E, context: ExecutionContext) => Promise<Response>;

export const traced = <E>(fetch: Fetch<E>): Required<Pick<ExportedHandler<E>, 'fetch'>> => ({
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === '/network') {
      network = await request.json<Network>();
      return new Response();
    }
    if (pathname === '/trace') {
      if (pending > 0) return new Response(null, { status: 409 });
      const traced: Traced = { trace: recorder.take(), mails: mails.splice(0) };
      return Response.json(traced);
    }
    const waitUntil = (work: Promise<unknown>) => {
      pending += 1;
      const finish = () => void (pending -= 1);
      context.waitUntil(work.then(finish, finish));
    };
    const response = await fetch(request as Request, env, {
      waitUntil,
      passThroughOnException: () => undefined,
      props: {},
    } as ExecutionContext);
    recorder.responded();
    return response;
  },
});
