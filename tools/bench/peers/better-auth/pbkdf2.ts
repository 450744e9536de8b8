/** better-auth with a password hash that costs what Gatehouse's does. */
import { serve, type Bindings } from './auth.ts';
import { pbkdf2, type Cost } from './pbkdf2-hash.ts';

interface Own extends Bindings {
  COST: Cost;
  KEPT?: boolean;
}

export default serve<Own>(({ COST, KEPT = false }) => ({ password: pbkdf2(COST), kept: KEPT }));
