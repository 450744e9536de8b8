/** What anyone may read, and keep for a while. */
import { wireResponse } from './refuse.ts';

const CACHEABLE = { 'Cache-Control': 'public, max-age=300' };

/** An OpenAPI document (a contract's, or `admin`), made ahead of time and kept as a static asset. */
export async function publishedDocument(assets: Fetcher, name: string): Promise<Response> {
  const asset = await assets.fetch(`https://assets.local/openapi/${name}.json`);
  if (!asset.ok) throw new Error('something is served whose document was not made');
  return new Response(asset.body, {
    headers: { 'Content-Type': 'application/json', ...CACHEABLE },
  });
}

/** The JWK set (RFC 7517) that other services verify our tokens with: no secret is ever part of it. */
export function publishedKeys(keys: readonly PublicParts[]): Response {
  const shown = keys
    .filter(({ kty }) => kty !== 'oct')
    .map(({ kty, crv, x, y, kid, alg }) => ({ kty, crv, x, y, kid, alg, use: 'sig' }));
  return wireResponse({ status: 200, body: { keys: shown }, headers: CACHEABLE });
}

interface PublicParts {
  kty?: string;
  crv?: string;
  x?: string;
  y?: string;
  kid?: string;
  alg?: string;
}
