/** Issues challenges: codes and links that prove a mailbox. */
import {
  CODE_SECONDS,
  CODES,
  LINK_SECONDS,
  LINKS,
  REVOCATION_SECONDS,
  SIGN_INS,
} from '../policy/allowances.ts';
import { codesTo, linksTo, signInsOf, type RateLimitKey } from '../policy/rate-limit-keys.ts';
import type { Limit } from '../policy/throttle.ts';
import { readUserAgent } from '../policy/user-agent.ts';
import type { AuditContext } from './model/audit.ts';
import { sendEmail } from './email.ts';
import { DECOY_CHALLENGE, type ChallengeOwner, type Purpose } from './model/challenge.ts';
import type { EmailTemplate } from './ports/mail.ts';
import type { Services } from './ports/services.ts';
import { accountKeyOf, languageOf } from './recipients.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

interface PurposeRules {
  /** A code is short, and its owner's only one; links stand side by side. */
  secret: 'code' | 'link';
  seconds: number;
  /** On what is sent to one address. */
  limit: Limit;
  limitKey(to: string): RateLimitKey;
  template(
    sent: { secret: string; minutes: number },
    about: { owner: ChallengeOwner; context: AuditContext },
  ): EmailTemplate;
}

const PURPOSES: Readonly<Record<Purpose, PurposeRules>> = {
  'verify-email': {
    secret: 'code',
    seconds: CODE_SECONDS,
    limit: CODES,
    limitKey: codesTo,
    template: ({ secret: code, minutes }, { owner }) => ({
      kind: owner.is === 'user' ? 'verification-code' : 'registration-code',
      code,
      minutes,
    }),
  },
  'change-email': {
    secret: 'code',
    seconds: CODE_SECONDS,
    limit: CODES,
    limitKey: codesTo,
    template: ({ secret: code, minutes }) => ({ kind: 'email-change-code', code, minutes }),
  },
  'reset-password': {
    secret: 'link',
    seconds: LINK_SECONDS,
    limit: LINKS,
    limitKey: linksTo,
    template: ({ secret: token, minutes }) => ({ kind: 'password-reset', token, minutes }),
  },
  'revoke-session': {
    secret: 'link',
    seconds: REVOCATION_SECONDS,
    limit: SIGN_INS,
    limitKey: signInsOf,
    template: ({ secret: token, minutes }, { context: { meta, nowMs: atMs } }) => ({
      kind: 'new-device',
      device: readUserAgent(meta.userAgent),
      atMs,
      token,
      minutes,
    }),
  },
};

/** Makes a challenge's secret, and what is stored of it. `minutes`: how long it is good. */
export async function newChallenge(
  { secrets, uuid }: Pick<Services, 'secrets' | 'uuid'>,
  purpose: Purpose,
  nowMs: number,
) {
  const id = uuid();
  const { seconds, secret } = PURPOSES[purpose];
  const expiresAtMs = nowMs + seconds * 1000;
  const minutes = seconds / 60;
  if (secret === 'link') {
    const { token, hash } = await secrets.newToken();
    return { secret: token, minutes, challenge: { id, secretHash: hash, expiresAtMs } };
  }
  const { code, hash } = await secrets.newCode(id);
  return { secret: code, minutes, challenge: { id, secretHash: hash, expiresAtMs } };
}

export type IssueChallengePorts =
  | 'accountKey'
  | 'challenges'
  | 'limits'
  | 'mailer'
  | 'nowMs'
  | 'secrets'
  | 'uuid';

/**
 * Issues a challenge and sends it, as long as the address is within its limit.
 *
 * A change of address stores a challenge in every case, and one that matches no code where nothing
 * is sent (`isTaken`: the address is another user's). It ends the code of an earlier address, which
 * would otherwise tell by being good still that this address is taken.
 *
 * `sessionId`: of the session that the challenge ends.
 */
export async function issueChallenge(
  request: UseCaseRequest<IssueChallengePorts>,
  {
    purpose,
    owner,
    to,
    isTaken = false,
    sessionId = null,
  }: {
    purpose: Purpose;
    owner: ChallengeOwner;
    to: string;
    isTaken?: boolean;
    sessionId?: string | null;
  },
): Promise<void> {
  const { services } = request;
  const { limit, limitKey, template } = PURPOSES[purpose];
  const isSent = !isTaken && (await services.limits.consume(limitKey(to), limit)).admitted;
  const isChange = purpose === 'change-email';
  if (!isSent && !isChange) return;
  const context = auditContext(request, await accountKeyOf(services, owner));
  const { secret, minutes, challenge } = await newChallenge(services, purpose, context.nowMs);
  const secretHash = isSent ? challenge.secretHash : DECOY_CHALLENGE.secretHash;
  const stored = { ...challenge, secretHash, purpose, sessionId, email: isChange ? to : null };
  const isStored = await services.challenges.issue(owner, { ...stored, to }, context);
  if (!isSent || !isStored) return;
  const recipient = { email: to, language: languageOf(owner) };
  await sendEmail(request, recipient, template({ secret, minutes }, { owner, context }));
}
