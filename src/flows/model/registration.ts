/** Registrations: asked for and not proven yet. No session can be created for one. */
import type { User } from './user.ts';

export interface Registration {
  id: string;
  /** Of the handle that its client was given; registering again with the handle keeps the id. */
  handleId: string;
  username: string | null;
  /** Normalised. */
  email: string;
  name: string | null;
  passwordHash: string;
}

export interface NewRegistration extends Registration {
  /** Normalised, as it is compared. */
  usernameKey: string | null;
  expiresAtMs: number;
  challenge: { id: string; secretHash: string; expiresAtMs: number };
}

/** The role and the team of an account that comes from a registration; null: none. */
export type NewAccounts = Pick<User, 'role' | 'team'>;
