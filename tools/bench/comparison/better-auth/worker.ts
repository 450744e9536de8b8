/** A Worker that serves better-auth and nothing else. */
import { handle, type Bindings } from './auth.ts';

export default { fetch: handle } as ExportedHandler<Bindings>;
