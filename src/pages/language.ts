/** The language of a page: named in its address, else chosen with the switch, else the browser's. */
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { requestSite } from '../http/origin.ts';
import { nearestLanguage, preferredLanguage } from '../languages/choose.ts';
import type { PageEnv } from './render.ts';

/** Holds a tag and nothing else. */
const COOKIE = 'language';
const YEAR_SECONDS = 31_536_000;

/** Sets the language, and keeps one that is named in the address for the pages that follow. */
export const pageLanguage: MiddlewareHandler<PageEnv> = async (c, next) => {
  const named = nearestLanguage(c.req.query('lang') ?? '');
  const kept = nearestLanguage(getCookie(c, COOKIE) ?? '');
  c.set('language', named ?? kept ?? preferredLanguage(c.req.header('Accept-Language') ?? null));
  await next();
  if (named === null || !isPage(c)) return;
  // A link on another site names the language of one page, not of those that follow.
  if (requestSite(c.req.raw.headers, c.req.url, []) === 'foreign') return;
  // Pages are served over plain http in local development only, where not every browser takes the attribute.
  const secure = c.req.url.startsWith('https:') ? '; Secure' : '';
  c.res.headers.append(
    'Set-Cookie',
    `${COOKIE}=${named}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${YEAR_SECONDS}${secure}`,
  );
};

/** Not the contract's answer at the same path. */
const isPage = ({ res }: Context): boolean =>
  res.headers.get('Content-Type')?.startsWith('text/html') === true;
