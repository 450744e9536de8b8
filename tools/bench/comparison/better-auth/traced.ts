/** better-auth with a recorded network between it and its database. */
import { interceptBindings } from '../../../../test/fixtures/intercept-bindings.ts';
import { intercept, traced } from '../../distance/network.ts';
import { handle, type Bindings } from './auth.ts';

export default traced<Bindings>((request, env) => {
  const { DB } = interceptBindings(env as object as Env, intercept);
  // better-auth recognises D1 by its methods.
  const exec = (sql: string) => env.DB.exec(sql);
  return handle(request, { ...env, DB: Object.assign(DB, { exec }) });
});
