/** What an operator's flows and the housekeeping need of the world, as types only. */
import type { AuditContext } from './account-services.ts';
import type { Account, Services, User } from './services.ts';

/** The number, or the id that leaves the house. */
export type UserRef = { id: number } | { publicId: string };

export interface UserSearch {
  /** What the username, or the address, begins with; normalised. */
  username: string | null;
  email: string | null;
  status: User['status'] | null;
  /** Only users with a higher number than this. */
  after: number;
  limit: number;
}

/** What an operator's change left behind. Null: the user is gone. */
export type ChangeResult = { user: User; changed: boolean; sessionsEnded: number } | null;

export interface RoleChoice {
  /** Null: none. */
  id: string | null;
  /** Makes the role where there is none of this id; null makes none. */
  name: string | null;
}

/**
 * Users as their operator sees them. All of these read and write the primary; a change and what the
 * audit keeps of it are one transaction, and nothing is kept where nothing changed.
 */
export interface AdminUsers {
  /** In the order of their numbers, so that who comes in meanwhile comes last. */
  search(search: UserSearch): Promise<User[]>;
  find(who: UserRef): Promise<Account | null>;
  liveSessions(userId: number, nowMs: number): Promise<number>;
  /** Sessions of an inactive user end, and none of them comes back to life. */
  setStatus(
    userId: number,
    status: User['status'],
    auditContext: AuditContext,
  ): Promise<ChangeResult>;
  endSessions(userId: number, auditContext: AuditContext): Promise<ChangeResult>;
  setRole(
    userId: number,
    role: RoleChoice,
    auditContext: AuditContext,
  ): Promise<ChangeResult | 'unknown-role'>;
}

export interface AuditLogQuery {
  user: UserRef | null;
  action: string | null;
  address: string | null;
  /** Inclusive. */
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
  /** Only events with a lower number than this. */
  before: number | null;
  limit: number;
}

export interface AuditLogEntry {
  id: number;
  atMs: number;
  action: string;
  reason: string;
  userId: number | null;
  subject: string;
  sessionId: string | null;
  contract: string;
  address: string;
  traceId: string;
}

export interface AuditLog {
  /**
   * Newest first. One call looks at a bounded number of events: a page may be short, or empty, and
   * there is more of it as long as `next` (the next call's `before`) is not null.
   */
  read(search: AuditLogQuery): Promise<{ events: AuditLogEntry[]; next: number | null }>;
}

export interface AdminServices extends Pick<
  Services,
  'nowMs' | 'waitUntil' | 'accountKey' | 'lockoutKey' | 'limits' | 'audit' | 'accountChanges'
> {
  adminUsers: AdminUsers;
  auditLog: AuditLog;
}

/** Tables that are walked through piece by piece. */
export type CleanupStep = 'sessions' | 'challenges' | 'registrations';

export interface Cleanup {
  /** How far the last run came. */
  position(table: CleanupStep): Promise<number>;
  /**
   * Looks at the next `rows` rows past `position`, deletes those that are of no use any more, and
   * keeps how far it came. `reached`: 0 where the end was reached.
   */
  sweep(
    table: CleanupStep,
    at: { position: number; rows: number; nowMs: number },
  ): Promise<{ removed: number; reached: number }>;
  /** Deletes the oldest events, at most `rows`, where they are older than this. */
  forgetEvents(olderThanMs: number, rows: number): Promise<number>;
}
