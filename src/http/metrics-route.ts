/** `GET /metrics`: what all isolates have counted, for a Prometheus with the operator's token. */
import { exposition } from '../observe/exposition.ts';
import { logFailure } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { PROTECTIVE } from './headers.ts';
import { operatorRefusal, type OperatorApp } from './operator.ts';

export function mountMetrics(app: OperatorApp, { read }: Pick<Metrics, 'read'>): OperatorApp {
  app.get('/', async (at) => {
    try {
      const { type, text } = exposition(await read(), at.req.header('Accept') ?? null);
      const headers = { ...PROTECTIVE, 'Content-Type': type, Vary: 'Origin, Accept' };
      return new Response(text, { headers });
    } catch (error) {
      // Prometheus takes no part of an answer for the whole: a failed scrape shows as `up` 0.
      logFailure(error, 'metrics', at.var.traceId);
      return operatorRefusal(503, 'unavailable');
    }
  });
  app.all('*', () => operatorRefusal(404, 'not_found'));
  return app;
}
