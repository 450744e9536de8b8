/**
 * Serves the frontends that docs/from-your-frontend.md makes, each in the folder of its contract, from an
 * origin of their own. A real server: what answers requests in the driver also answers preflights.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../tools/install.mjs';

const BLOCKS = /^```(?:js|html)\n(?:\/\/|<!--) ([\w.]+)(?: -->)?\n([\s\S]*?)^```$/gm;
const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript' };

/** The file of a path, such as `/email-cookie/session.js`. `api`: the origin that it asks. */
export function frontendFile(path: string, api: string): { type: string; body: string } | null {
  const [, contract, name = ''] = /^\/([\w-]+)\/([\w.]*)$/.exec(path) ?? [];
  const guide = readFileSync(join(root, 'docs', 'from-your-frontend.md'), 'utf8');
  const blocks = [...guide.matchAll(BLOCKS)].filter(([, file]) => file === (name || 'index.html'));
  // The document has the tokens' file once a kind of contract.
  const block = blocks.find(([text]) => blocks.length === 1 || text.includes(`/${contract}/`));
  if (block === undefined) return null;
  const type = TYPES[block[1]?.split('.').at(-1) ?? ''] ?? 'text/plain';
  return { type, body: (block[2] ?? '').replaceAll('http://localhost:3000', api) };
}

/** `api`: known only after the server has started. */
export async function startFrontendServer(
  api: () => string,
): Promise<{ port: number; server: Server }> {
  const server = createServer((request, response) => {
    const file = frontendFile(request.url ?? '', api());
    if (file === null) return response.writeHead(204).end();
    return response.writeHead(200, { 'Content-Type': file.type }).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

/** The origins that are allowed: of Gatehouse's own site, of another host, and of another scheme. */
export const frontendOrigins = (port: number) => ({
  sameSite: `http://localhost:${port}`,
  otherHost: `http://127.0.0.1:${port}`,
  otherScheme: `https://localhost:${port}`,
});

/** An origin of the same server that is not allowed. */
export const unlistedOrigin = (port: number) => `http://app.localhost:${port}`;
