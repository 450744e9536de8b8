/** Makes better-auth's tables and users, both by better-auth itself. */
import { getMigrations } from 'better-auth/db/migration';
import type { Wanted } from '../wanted.ts';
import { createAuth, type Bindings, type PasswordHash } from './auth.ts';
import { pbkdf2 } from './pbkdf2-hash.ts';

export default {
  async fetch(request, env) {
    const { cost, emails, password } = await request.json<Wanted>();
    const hash: { password?: PasswordHash } = cost === undefined ? {} : { password: pbkdf2(cost) };
    const auth = createAuth(env, hash);
    const { runMigrations } = await getMigrations(auth.options);
    await runMigrations();
    for (const email of emails) {
      await auth.api.signUpEmail({ body: { email, password, name: 'User' } });
    }
    return new Response(null);
  },
} satisfies ExportedHandler<Bindings>;
