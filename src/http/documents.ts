/** Documents for machines: OpenAPI and public keys. */
import { wireResponse } from './responses.ts';

const CACHEABLE = { 'Cache-Control': 'public, max-age=300' };

/** A contract's OpenAPI document, for everybody. */
export const publishedDocument = (assets: Fetcher, contract: string) =>
  documentOf(assets, contract, CACHEABLE);

/** The admin API's, behind the operator's token: no cache keeps it. */
export const privateDocument = (assets: Fetcher, name: string) => documentOf(assets, name, {});

/** Made ahead of time and kept as a static asset. */
async function documentOf(
  assets: Fetcher,
  name: string,
  headers: Record<string, string>,
): Promise<Response> {
  const asset = await assets.fetch(`https://assets.local/openapi/${name}.json`);
  if (!asset.ok) throw new Error('something is served whose document was not made');
  return new Response(asset.body, {
    headers: { 'Content-Type': 'application/json', ...headers },
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
