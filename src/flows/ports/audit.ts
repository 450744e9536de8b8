import type { AuditEvent, StoredEvent } from '../model/audit.ts';

export interface Audit {
  record(event: AuditEvent): Promise<void>;
  /** Reads the newest events of a user, newest first, without those that concern no user. */
  newestOf(userId: number, limit: number): Promise<StoredEvent[]>;
}
