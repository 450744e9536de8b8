/** Creates better-auth's tables and users through better-auth. */
import { getMigrations } from 'better-auth/db/migration';
import { createAuth, type Bindings } from './auth.ts';

export const seedWith = (create: (env: Bindings) => ReturnType<typeof createAuth>) =>
  ({
    async fetch(request, env) {
      const { emails, password } = await request.json<{ emails: string[]; password: string }>();
      const auth = create(env);
      await (await getMigrations(auth.options)).runMigrations();
      for (const email of emails) {
        await auth.api.signUpEmail({ body: { email, password, name: 'User' } });
      }
      return new Response(null);
    },
  }) satisfies ExportedHandler<Bindings>;

export default seedWith(createAuth);
