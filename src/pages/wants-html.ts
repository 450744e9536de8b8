import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

/** Checks that Accept names text/html: API clients send a wildcard. */
export function wantsHtml(c: Context): boolean {
  return (
    accepts(c, {
      header: 'Accept',
      supports: ['text/html'],
      default: '',
      match: (types) =>
        types.some(({ type, q }) => type.toLowerCase() === 'text/html' && q > 0) ? 'html' : '',
    }) === 'html'
  );
}
