/** The contracts' OpenAPI documents, made ahead of time and kept as static assets. */
const FRESH_SECONDS = 300;

export async function publishedDocument(assets: Fetcher, contract: string): Promise<Response> {
  const asset = await assets.fetch(`https://assets.local/${contract}.json`);
  if (!asset.ok) throw new Error('a contract is served whose document was not made');
  return new Response(asset.body, {
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': `public, max-age=${FRESH_SECONDS}`,
    },
  });
}
