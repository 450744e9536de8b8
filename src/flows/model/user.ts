import type { Factor, ShownFactor } from './factor.ts';
import type { Passkey } from './passkey.ts';

/** A user as contracts may show it. */
export interface User {
  id: number;
  publicId: string;
  username: string | null;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  phone: string | null;
  avatar: string | null;
  bio: string | null;
  language: string;
  isAdmin: boolean;
  role: { id: string; name: string } | null;
  team: { id: string; name: string } | null;
  status: 'active' | 'inactive';
  createdAtMs: number;
  lastLoginAtMs: number | null;
  /** TOTP factors, unconfirmed ones included; the oldest first. */
  factors: readonly ShownFactor[];
  recoveryCodesLeft: number;
  /** The oldest first. */
  passkeys: readonly Passkey[];
}

/** A user with what a login verifies. Never leaves the use cases. */
export interface Account {
  user: User;
  /** Null: this user has no password. */
  passwordHash: string | null;
  /** Changes whenever the password does; what is granted is fenced on it. */
  credentialVersion: number;
  /** Only ever goes up, whenever the account's device cookies are revoked. */
  deviceVersion: number;
  /** All of them, with recovery codes and unconfirmed ones. */
  factors: readonly Factor[];
  /** WebAuthn's user handle, base64url; null before the first passkey is asked for. */
  userHandle: string | null;
}
