import type { Context } from 'hono';

/** Checks that Accept names text/html, and not with a weight of 0: API clients send a wildcard. */
export const wantsHtml = (c: Context): boolean =>
  (c.req.header('Accept') ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'text/html' && !parameters.some((one) => /^q=0(?:\.0*)?$/.test(one));
  });
