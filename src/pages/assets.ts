/** Styles and scripts: static assets, so that they are no part of the Worker's own code. */
import type { Context, Next } from 'hono';
import type { AssetNames } from './layout.tsx';

/** The assets binding ignores the host. */
const HOST = 'https://assets.local';
/** Names contain a hash of the content, so that a file never changes. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

// Names, not promises of them: a request must not wait for another one, which may be cancelled.
const cache = new WeakMap<Fetcher, AssetNames>();

/** Returns the hashed file names of this build; kept in the isolate once they were read. */
export async function assetNames(assets: Fetcher): Promise<AssetNames> {
  const known = cache.get(assets);
  if (known !== undefined) return known;
  const answer = await assets.fetch(`${HOST}/assets/names.json`);
  if (!answer.ok)
    throw new Error("the asset names.json is missing: wrangler's build command makes dist/assets");
  const names: AssetNames = await answer.json();
  cache.set(assets, names);
  return names;
}

export async function serveAsset(assets: Fetcher, c: Context, next: Next) {
  const name = c.req.param('name') ?? '';
  if (!Object.values(await assetNames(assets)).includes(name)) return next();
  const headers = new Headers();
  const ifNoneMatch = c.req.header('If-None-Match');
  if (ifNoneMatch !== undefined) headers.set('If-None-Match', ifNoneMatch);
  const answer = await assets.fetch(`${HOST}/assets/${name}`, { headers });
  if (!answer.ok && answer.status !== 304) return next();
  const served = new Response(answer.body, answer);
  served.headers.set('Cache-Control', IMMUTABLE);
  return served;
}
