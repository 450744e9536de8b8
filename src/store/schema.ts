/**
 * Defines the tables. Times are Unix milliseconds (`_ms`), so that no driver's idea of a date stands
 * between a clock and a comparison. `npm run migrations` turns changes here into migrations/.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const roles = sqliteTable('roles', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
});

export const teams = sqliteTable('teams', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
});

export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** The id that clients see, where a contract does not ask for the number. */
    publicId: text('public_id').notNull(),
    /** As the user writes it. */
    username: text('username'),
    /** Normalised, for comparisons (policy/identifier.ts). */
    usernameKey: text('username_key'),
    /** Normalised. */
    email: text('email'),
    emailVerified: integer('email_verified').notNull().default(0),
    name: text('name'),
    phone: text('phone'),
    avatar: text('avatar'),
    bio: text('bio'),
    language: text('language').notNull().default('en'),
    isAdmin: integer('is_admin').notNull().default(0),
    roleId: text('role_id').references(() => roles.id),
    teamId: text('team_id').references(() => teams.id),
    status: text('status').notNull().default('active'),
    /** In the format of crypto/passwords/format.ts or crypto/legacy/formats.ts; null: no password. */
    passwordHash: text('password_hash'),
    /** Goes up with every new password; sessions are created only against the current version. */
    credentialVersion: integer('credential_version').notNull().default(1),
    /**
     * Goes up when sessions are revoked, the password or the status changes, or the mailbox is proven;
     * older device cookies are void.
     */
    deviceVersion: integer('device_version').notNull().default(1),
    createdAtMs: integer('created_at_ms').notNull(),
    lastLoginAtMs: integer('last_login_at_ms'),
    /** WebAuthn's user handle: random, base64url; null before the first passkey is asked for. */
    passkeyHandle: text('passkey_handle'),
  },
  (table) => [
    uniqueIndex('users_public_id').on(table.publicId),
    uniqueIndex('users_username_key').on(table.usernameKey),
    uniqueIndex('users_email').on(table.email),
    // For the admin API's search; a login of an active user never writes to it.
    index('users_inactive')
      .on(table.status)
      .where(sql`status = 'inactive'`),
    uniqueIndex('users_passkey_handle')
      .on(table.passkeyHandle)
      .where(sql`passkey_handle is not null`),
    check('users_status', sql`${table.status} in ('active', 'inactive')`),
    check('users_identified', sql`${table.email} is not null or ${table.usernameKey} is not null`),
  ],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    contract: text('contract').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    lastUsedAtMs: integer('last_used_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    /** The user's version at its creation; a session does not outlive that password. */
    credentialVersion: integer('credential_version').notNull(),
    /** SHA-256 of the current refresh token's id; null where the contract has none. */
    refreshHash: text('refresh_hash'),
    refreshGeneration: integer('refresh_generation').notNull(),
    refreshedAtMs: integer('refreshed_at_ms').notNull(),
    address: text('address').notNull(),
    userAgent: text('user_agent'),
    /** The last time that password or factor was proven in it; 0 in a session of an older version. */
    provenAtMs: integer('proven_at_ms').notNull().default(0),
    /** The last time that a second factor was proven in it. */
    secondFactorAtMs: integer('second_factor_at_ms'),
    /** Given by its user. */
    name: text('name'),
    openedBy: text('opened_by', { enum: ['password', 'passkey'] })
      .notNull()
      .default('password'),
  },
  (table) => [
    index('sessions_user_id').on(table.userId),
    check('sessions_opened_by', sql`${table.openedBy} in ('password', 'passkey')`),
  ],
);

/** Second factors: TOTP secrets and recovery codes, a row each. */
export const factors = sqliteTable(
  'factors',
  {
    id: text('id').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    /** Sealed (TOTP), or the keyed hash of the code: never the secret itself. */
    secret: text('secret').notNull(),
    name: text('name'),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Null: proves nothing yet. */
    confirmedAtMs: integer('confirmed_at_ms'),
    lastUsedAtMs: integer('last_used_at_ms'),
    /** No code of this time step or an earlier one is accepted again. */
    lastStep: integer('last_step').notNull().default(0),
  },
  (table) => [
    index('factors_user_id').on(table.userId),
    check('factors_kind', sql`${table.kind} in ('totp', 'recovery-code')`),
  ],
);

/** WebAuthn credentials. Their private keys stay with the authenticators. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Base64url, chosen by the authenticator. */
    credentialId: text('credential_id').notNull(),
    /** A JWK with `alg`, as JSON. */
    publicKey: text('public_key').notNull(),
    signCount: integer('sign_count').notNull(),
    isSyncable: integer('is_syncable').notNull(),
    /** A JSON array. */
    transports: text('transports').notNull(),
    name: text('name'),
    createdAtMs: integer('created_at_ms').notNull(),
    lastUsedAtMs: integer('last_used_at_ms'),
  },
  (table) => [
    uniqueIndex('passkeys_credential_id').on(table.credentialId),
    index('passkeys_user_id').on(table.userId),
  ],
);

/**
 * Challenges that passkeys have signed, and authorization codes: each is accepted once. An unused one is
 * stored nowhere.
 */
export const usedChallenges = sqliteTable('used_challenges', {
  id: text('id').primaryKey(),
  expiresAtMs: integer('expires_at_ms').notNull(),
});

/** Append-only. `user_id` has no foreign key: the record outlives the user, under its pseudonym. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    atMs: integer('at_ms').notNull(),
    action: text('action').notNull(),
    reason: text('reason').notNull(),
    userId: integer('user_id'),
    /** Keyed pseudonym of an account, or of a name that no account has. */
    accountKey: text('subject').notNull(),
    /** The operator who did it; null: the user, or a stranger. */
    operator: text('operator'),
    sessionId: text('session_id'),
    contract: text('contract').notNull(),
    address: text('address').notNull(),
    /** Browser and system, for people; null in rows of an older version. */
    device: text('device'),
    traceId: text('trace_id').notNull(),
  },
  (table) => [index('audit_events_user_id').on(table.userId)],
);

/**
 * Accounts that were asked for and whose mailbox is not proven yet; none can log in. Several
 * registrations may have one address. One whose address is a user's only holds its username, so that
 * a name is taken alike whether the address was known or not.
 */
export const registrations = sqliteTable(
  'registrations',
  {
    id: text('id').primaryKey(),
    /** The id of the client's registration handle (crypto/registration-handles.ts). */
    handleId: text('handle_id').notNull().default(''),
    username: text('username'),
    usernameKey: text('username_key'),
    email: text('email').notNull(),
    name: text('name'),
    /** BCP 47, of the account that it becomes. */
    language: text('language').notNull().default('en'),
    passwordHash: text('password_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    // Not unique: a handle's registrations may hold the same username (store/registrations/).
    index('registrations_username_key').on(table.usernameKey),
    index('registrations_email').on(table.email),
  ],
);

/** Codes and links that prove a mailbox: one code for each owner and purpose, any number of links. */
export const challenges = sqliteTable(
  'challenges',
  {
    id: text('id').primaryKey(),
    /** The owner is a user or a registration. */
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    registrationId: text('registration_id').references(() => registrations.id, {
      onDelete: 'cascade',
    }),
    purpose: text('purpose').notNull(),
    /** Keyed (a code) or plain SHA-256 (of 256 random bits): never the secret itself. */
    secretHash: text('secret_hash').notNull(),
    /** The new address, in a change of address. */
    email: text('email'),
    /** The session that it ends. */
    sessionId: text('session_id'),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    index('challenges_user_purpose').on(table.userId, table.purpose),
    index('challenges_registration_purpose').on(table.registrationId, table.purpose),
    index('challenges_secret_hash').on(table.secretHash),
  ],
);

/** The position that the last cleanup reached in a table that it goes through batch by batch. */
export const cleanupPositions = sqliteTable('housekeeping', {
  task: text('task').primaryKey(),
  /** A row id; 0: the beginning. */
  position: integer('position').notNull(),
});
