/** Styles and scripts: static assets, so that they are no part of the Worker's own code. */
import type { Context, Next } from 'hono';
import type { AssetNames } from './frame.tsx';

/** The assets' own host is never asked for by name; any will do. */
const HOST = 'https://assets.local';
/** Names carry a hash of the content: what is once there never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

const known = new WeakMap<Fetcher, Promise<AssetNames>>();

/** What each file is called in this build; read once an isolate. */
export function assetNames(assets: Fetcher): Promise<AssetNames> {
  let names = known.get(assets);
  if (names === undefined) {
    names = readNames(assets);
    known.set(assets, names);
    // A failure is not worth remembering.
    names.catch(() => known.delete(assets));
  }
  return names;
}

async function readNames(assets: Fetcher): Promise<AssetNames> {
  const answer = await assets.fetch(`${HOST}/assets/names.json`);
  if (!answer.ok) throw new Error('the pages are served whose assets were not made');
  return answer.json();
}

export async function serveAsset(assets: Fetcher, c: Context, next: Next) {
  const name = c.req.param('name') ?? '';
  if (!Object.values(await assetNames(assets)).includes(name)) return next();
  const headers = new Headers();
  const seen = c.req.header('If-None-Match');
  if (seen !== undefined) headers.set('If-None-Match', seen);
  const answer = await assets.fetch(`${HOST}/assets/${name}`, { headers });
  if (!answer.ok && answer.status !== 304) return next();
  const served = new Response(answer.body, answer);
  served.headers.set('Cache-Control', FOREVER);
  return served;
}
