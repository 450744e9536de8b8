import type { NewSession } from '../../src/flows/model/session.ts';
import { account, auditContext } from './store-rows.ts';

/** A login of Alice, with a password alone. */
export const newSession: NewSession = {
  ...auditContext,
  account: account(1),
  sessionId: 'new-session',
  meta: { ...auditContext.meta, userAgent: 'B'.repeat(300) },
  expiries: {
    issuedAtMs: 0,
    accessExpiresAtMs: 1,
    refreshExpiresAtMs: 2,
    sessionExpiresAtMs: 3000,
  },
  requiresVerifiedEmail: false,
  refreshHash: 'first-refresh',
  renewedHash: null,
  secondFactor: null,
  passkey: null,
  stepIssuedAtMs: null,
};
