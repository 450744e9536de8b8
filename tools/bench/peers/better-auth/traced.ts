/** better-auth with an ear at its database. */
import { traced } from '../trace.ts';
import { serve, type Bindings } from './auth.ts';
import { pbkdf2, type Cost } from './pbkdf2-hash.ts';

interface Traced extends Bindings {
  /** better-auth's own hash where absent. */
  COST?: Cost;
  JOINS: boolean;
}

export default traced<Traced>(() =>
  serve(({ COST, JOINS }) => ({
    joins: JOINS,
    ...(COST === undefined ? {} : { password: pbkdf2(COST) }),
  })),
);
