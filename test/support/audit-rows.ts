/** The request that changes rows in tests of the store, and the audit row that it leaves. */
import { expect } from 'vitest';
import type { AuditContext } from '../../src/flows/model/audit.ts';

export const NOW = 1000;

export type Row = Record<string, string | number | null>;

export const auditContext: AuditContext = {
  accountKey: 'pseudonym',
  contract: 'email-cookie',
  meta: {
    traceId: 'trace',
    address: '198.51.100.1',
    userAgent: 'Browser 1',
    language: 'fr',
    browser: 'Firefox on Linux',
    device: null,
    registration: null,
  },
  nowMs: NOW,
};

/** The audit row of `auditContext`. */
export const eventRow = (action: string, more: Row = {}): Row => ({
  id: expect.any(Number),
  at_ms: NOW,
  action,
  reason: 'done',
  user_id: 1,
  subject: 'pseudonym',
  session_id: null,
  contract: 'email-cookie',
  address: '198.51.100.1',
  device: 'Firefox on Linux',
  operator: null,
  trace_id: 'trace',
  ...more,
});
