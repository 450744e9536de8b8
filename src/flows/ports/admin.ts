/** Users and the audit log as an operator sees them. */
import type { AuditContext } from '../model/audit.ts';
import type { Account, User } from '../model/user.ts';

/** The number, or the public id. */
export type UserRef = { id: number } | { publicId: string };

export interface UserSearch {
  /** The beginning of the username, or of the address; normalised. */
  username: string | null;
  email: string | null;
  status: User['status'] | null;
  /** Only users with a higher number than this. */
  after: number;
  limit: number;
}

/** The user after an operator's change. Null: the user is gone. */
export type ChangeResult = { user: User; changed: boolean; sessionsEnded: number } | null;

export interface RoleChoice {
  /** Null: none. */
  id: string | null;
  /** Makes the role where there is none of this id; null makes none. */
  name: string | null;
}

/**
 * All of these read and write the primary; a change and its audit row are one transaction, and
 * nothing is recorded where nothing changed.
 */
export interface AdminUsers {
  /** In the order of their numbers, so that users who register meanwhile come last. */
  search(search: UserSearch): Promise<User[]>;
  find(userRef: UserRef): Promise<Account | null>;
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

interface AuditLogQuery {
  user: UserRef | null;
  action: string | null;
  operator: string | null;
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
  /** Describes browser and system; null in events of an older version. */
  device: string | null;
  traceId: string;
  /** Null: the user, or a stranger. */
  operator: string | null;
}

export interface AuditLog {
  /**
   * Newest first. One call looks at a bounded number of events: a page may be short, or empty, and
   * there is more of it as long as `next` (the next call's `before`) is not null.
   */
  read(search: AuditLogQuery): Promise<{ events: AuditLogEntry[]; next: number | null }>;
}

/** A count of at most ten thousand rows. */
export interface BoundedCount {
  count: number;
  /** False: there are more. */
  isComplete: boolean;
}

export interface OverviewCounts {
  users: BoundedCount;
  inactiveUsers: BoundedCount;
  liveSessions: BoundedCount;
  /** Of the audit since a moment, among the newest ten thousand. */
  events: { byAction: readonly { action: string; count: number }[]; isComplete: boolean };
}

export interface Overview {
  count(times: { nowMs: number; sinceMs: number }): Promise<OverviewCounts>;
}
