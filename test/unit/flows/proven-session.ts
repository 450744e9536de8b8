/** Requests with the token of a session whose proof of identity is about to be five minutes old. */
import type { LiveSession } from '../../../src/flows/model/session.ts';
import type { Account } from '../../../src/flows/model/user.ts';
import { createFakes, NOW_MS, rules, session } from './fakes.ts';

export const FIVE_MINUTES = 300_000;
export const notFound = { ok: false, refusal: { reason: 'not-found' } };
export const expired = { ok: false, refusal: { reason: 'expired-challenge' } };
export const lastWayIn = { ok: false, refusal: { reason: 'last-way-in' } };
export const reauthenticate = (...methods: string[]) => ({
  ok: false,
  refusal: { reason: 'reauthentication-required', methods },
});
export const off = { passkeys: { isOffered: false, deviceBound: 'none' } } as const;
export const deviceBound = { passkeys: { isOffered: true, deviceBound: 'all' } } as const;

export type Changes = NonNullable<Parameters<typeof createFakes>[0]>;
/** `more`: rules that differ. */
export const requestOf = ({ request }: ReturnType<typeof createFakes>, more: object = {}) => ({
  ...request,
  rules: { ...rules, ...more },
  token: 'token',
});
export const sessionOf = (account: Account, proven: Partial<LiveSession> = {}): LiveSession => ({
  ...session,
  user: account.user,
  account,
  provenAtMs: NOW_MS - FIVE_MINUTES + 1,
  ...proven,
});
export const fakesOf = (live: LiveSession, changes: Changes = {}) =>
  createFakes({ sessions: { live: async () => live }, ...changes });
