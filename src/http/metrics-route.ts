/** `GET /metrics`: what all isolates have counted, for a Prometheus with the operator's token. */
import { exposition } from '../telemetry/exposition.ts';
import { logFailure } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { PROTECTIVE_HEADERS } from './headers.ts';
import { adminRefusal, type AdminApp } from './admin-auth.ts';

export function mountMetrics(app: AdminApp, { read }: Pick<Metrics, 'read'>): AdminApp {
  app.get('/', async (c) => {
    try {
      const { type, text } = exposition(await read(), c.req.header('Accept') ?? null);
      const headers = { ...PROTECTIVE_HEADERS, 'Content-Type': type, Vary: 'Origin, Accept' };
      return new Response(text, { headers });
    } catch (error) {
      // Prometheus takes no part of an answer for the whole: a failed scrape shows as `up` 0.
      logFailure(error, 'metrics', c.var.traceId);
      return adminRefusal(503, 'unavailable');
    }
  });
  app.all('*', () => adminRefusal(404, 'not_found'));
  return app;
}
