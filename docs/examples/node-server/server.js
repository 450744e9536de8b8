/**
 * A service behind Gatehouse, on Node 20 or newer. Reads take the token's word for the user; changes ask
 * whether the session still lives.
 */
import { createServer } from 'node:http';
import { createVerifier, VerifyError } from 'gatehouse/verify';

const { ISSUER, AUDIENCE, CONTRACT, PORT = '8080' } = process.env;
const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, contract: CONTRACT });

const server = createServer(async (request, response) => {
  const { status, body } = await answer(request).catch((error) => {
    if (!(error instanceof VerifyError)) return { status: 500, body: { error: 'internal' } };
    return { status: error.status, body: { error: error.code } };
  });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});

async function answer({ method, headers }) {
  const [, token] = /^(?:Bearer|Token) +(.+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return { status: 401, body: { error: 'missing' } };
  const { sub } = await verifier.verify(token);
  if (method !== 'GET' && !(await verifier.isSessionLive(token))) {
    return { status: 401, body: { error: 'session-ended' } };
  }
  return { status: 200, body: { user: sub } };
}

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
