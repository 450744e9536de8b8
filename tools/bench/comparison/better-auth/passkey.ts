/** A Worker that serves better-auth with its plugin for passkeys, as that comes. */
import { passkey } from '@better-auth/passkey';
import { createAuth, type Bindings } from './auth.ts';

export const createPasskeyAuth = (env: Bindings) => createAuth(env, [passkey()]);

export default {
  fetch: (request, env) => createPasskeyAuth(env).handler(request),
} satisfies ExportedHandler<Bindings>;
