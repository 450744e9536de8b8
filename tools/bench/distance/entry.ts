/**
 * The deployed bundle (tools/bench/build.ts puts it in the place of src/worker.ts), with a network
 * between it and its bindings. Besides it answers `/network`, which sets that, and `/journey`, which
 * tells of the last request once all that it left behind is done.
 */
import app from '../../../src/worker.ts';
import type { CallTrace } from '../../../test/fixtures/call-trace.ts';
import { letters, recorder, travelBy, type Network } from './platform.ts';

export { AccountLockout, RateLimiter, MetricsAggregator } from '../../../src/worker.ts';

export interface Told {
  journey: CallTrace;
  /** All that were written since it was last asked. */
  letters: string[];
}

let unfinished = 0;

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === '/network') {
      travelBy(await request.json<Network>());
      return new Response();
    }
    if (pathname === '/journey') {
      if (unfinished > 0) return new Response(null, { status: 409 });
      return Response.json({ journey: recorder.take(), letters: letters.splice(0) } satisfies Told);
    }
    const waitUntil = (work: Promise<unknown>) => {
      unfinished += 1;
      const finish = () => void (unfinished -= 1);
      context.waitUntil(work.then(finish, finish));
    };
    const response = await app.fetch(request, env, {
      waitUntil,
      passThroughOnException: () => undefined,
      props: {},
    } as ExecutionContext);
    recorder.responded();
    return response;
  },
} satisfies ExportedHandler<Env>;
