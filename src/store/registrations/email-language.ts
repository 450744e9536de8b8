import { eq, sql } from 'drizzle-orm';
import { users } from '../schema.ts';
import { param } from '../statement.ts';

/** Selects the language of the address's user; without one, the language of the registration. */
export const emailLanguage = () =>
  sql<string>`coalesce((select ${users.language} from ${users} where ${eq(users.email, param('email'))}), ${param('language')})`;
