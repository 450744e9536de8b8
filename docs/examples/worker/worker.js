/**
 * A Worker behind Gatehouse, which it asks through a service binding: no request leaves Cloudflare. Reads
 * take the token's word for the user; changes ask whether the session still lives.
 */
import { createVerifier, VerifyError } from 'gatehouse/verify';

/** One an isolate, since it keeps the keys. */
let verifier;

export default {
  async fetch(request, env) {
    verifier ??= createVerifier({
      issuer: env.ISSUER,
      audience: env.AUDIENCE,
      contract: env.CONTRACT,
      fetch: (url, init) => env.GATEHOUSE.fetch(url, init),
    });
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof VerifyError)) throw error;
      return Response.json({ error: error.code }, { status: error.status });
    }
  },
};

async function answer({ method, headers }) {
  const [, token] = /^(?:Bearer|Token) +(.+)$/i.exec(headers.get('Authorization') ?? '') ?? [];
  if (token === undefined) return Response.json({ error: 'missing' }, { status: 401 });
  const { sub } = await verifier.verify(token);
  if (method !== 'GET' && !(await verifier.isSessionLive(token))) {
    return Response.json({ error: 'session-ended' }, { status: 401 });
  }
  return Response.json({ user: sub });
}
