import type { AuditEvent } from '../model/audit.ts';

export interface Audit {
  record(event: AuditEvent): Promise<void>;
}
