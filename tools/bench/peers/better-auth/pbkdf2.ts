/** better-auth with a password hash that costs what Gatehouse's does. */
import { serve, type Bindings } from './auth.ts';
import { pbkdf2, type Cost } from './pbkdf2-hash.ts';

export default serve<Bindings & { COST: Cost }>(({ COST }) => ({ password: pbkdf2(COST) }));
