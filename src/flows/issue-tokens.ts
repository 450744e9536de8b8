import type { Expiries } from '../policy/lifetimes.ts';
import type { Granted } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import type { User } from './model/user.ts';
import type { UseCaseRequest } from './use-case.ts';

export type IssueTokensPorts = 'tokens' | 'uuid';

/** Signs the tokens of a session that is stored: after a login, and after a rotation. */
export async function issueTokens(
  { services, rules }: UseCaseRequest<IssueTokensPorts>,
  session: {
    user: User;
    sessionId: string;
    /** When its password or passkey was verified. */
    createdAtMs: number;
    openedBy: LiveSession['openedBy'];
    /** When its second factor was verified; null: none was. */
    secondFactorAtMs: number | null;
    expiries: Pick<Expiries, 'issuedAtMs' | 'accessExpiresAtMs' | 'refreshExpiresAtMs'>;
    /** Null: the contract has no refresh token. */
    refresh: { jti: string; generation: number } | null;
  },
): Promise<Granted> {
  const { user, sessionId, createdAtMs, openedBy, secondFactorAtMs, refresh } = session;
  const { issuedAtMs, accessExpiresAtMs, refreshExpiresAtMs } = session.expiries;
  const claims = rules.tokens.claims({
    user,
    sessionId,
    issuedAtMs,
    authenticatedAtMs: wholeSeconds(createdAtMs),
    openedBy,
    secondFactorAtMs: secondFactorAtMs === null ? null : wholeSeconds(secondFactorAtMs),
  });
  const common = { sub: user.publicId, sessionId, issuedAtMs };
  const access = await services.tokens.signAccess(
    {
      ...common,
      jti: services.uuid(),
      expiresAtMs: accessExpiresAtMs,
      extra: claims.access,
    },
    rules.tokens,
  );
  const granted = {
    user,
    sessionId,
    issuedAtMs,
    access: { token: access, expiresAtMs: accessExpiresAtMs },
  };
  if (refresh === null || refreshExpiresAtMs === null) return { ...granted, refresh: null };
  const token = await services.tokens.signRefresh(
    {
      ...common,
      ...refresh,
      expiresAtMs: refreshExpiresAtMs,
      extra: claims.refresh,
    },
    rules.tokens,
  );
  return { ...granted, refresh: { token, expiresAtMs: refreshExpiresAtMs } };
}

export const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
