/** Documents for machines: OpenAPI and public keys. */
import type { Handler } from 'hono';
import type { DocumentFacts, StaticDocument } from '../contracts/contract.ts';
import { wireResponse } from './responses.ts';

const CACHEABLE = { 'Cache-Control': 'public, max-age=300' };

/** Serves `/openapi/<contract>.json` of the contracts that this deployment serves. */
export function documentsOf(contracts: readonly { name: string }[], assets: Fetcher): Handler {
  return async (c, next) => {
    const file = c.req.param('file');
    const contract = contracts.find(({ name }) => file === `${name}.json`);
    return contract === undefined ? next() : documentOf(assets, contract.name, CACHEABLE);
  };
}

/** Reads a document that was made ahead of time and is kept as a static asset. */
export async function documentOf(
  assets: Fetcher,
  name: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const asset = await assets.fetch(`https://assets.local/openapi/${name}.json`);
  if (!asset.ok) throw new Error(`the asset openapi/${name}.json is missing: run npm run openapi`);
  return new Response(asset.body, {
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

/** The JWK set (RFC 7517) that other services verify tokens with. No secret is ever part of it. */
export function publishedKeys(keys: readonly PublicParts[]): Response {
  return wireResponse({ status: 200, body: { keys: publicKeys(keys) }, headers: CACHEABLE });
}

export const publicKeys = (keys: readonly PublicParts[]) =>
  keys
    .filter(({ kty }) => kty !== 'oct')
    .map(({ kty, crv, x, y, kid, alg }) => ({ kty, crv, x, y, kid, alg, use: 'sig' }));

/** A read of a contract that needs no account. */
export const documentResponse = (document: StaticDocument, facts: DocumentFacts): Response =>
  wireResponse({ status: 200, body: document.render(facts), headers: CACHEABLE });

export interface PublicParts {
  kty?: string;
  crv?: string;
  x?: string;
  y?: string;
  kid?: string;
  alg?: string;
}
