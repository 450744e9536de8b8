/** Issues challenges: codes and links that prove a mailbox. */
import { CODE_SECONDS, CODES, LINK_SECONDS, LINKS } from '../policy/allowances.ts';
import { codesTo, linksTo, type RateLimitKey } from '../policy/rate-limit-keys.ts';
import type { Limit } from '../policy/throttle.ts';
import { sendEmail } from './email.ts';
import { DECOY_CHALLENGE, type ChallengeOwner, type Purpose } from './model/challenge.ts';
import type { EmailTemplate } from './ports/mail.ts';
import type { Services } from './ports/services.ts';
import { accountKeyOf, languageOf } from './recipients.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

interface PurposeRules {
  seconds: number;
  /** On what is sent to one address. */
  limit: Limit;
  limitKey(to: string): RateLimitKey;
  template(secret: string, minutes: number, owner: ChallengeOwner): EmailTemplate;
}

const PURPOSES: Readonly<Record<Purpose, PurposeRules>> = {
  'verify-email': {
    seconds: CODE_SECONDS,
    limit: CODES,
    limitKey: codesTo,
    template: (code, minutes, { is }) => ({
      kind: is === 'user' ? 'verification-code' : 'registration-code',
      code,
      minutes,
    }),
  },
  'change-email': {
    seconds: CODE_SECONDS,
    limit: CODES,
    limitKey: codesTo,
    template: (code, minutes) => ({ kind: 'email-change-code', code, minutes }),
  },
  'reset-password': {
    seconds: LINK_SECONDS,
    limit: LINKS,
    limitKey: linksTo,
    template: (token, minutes) => ({ kind: 'password-reset', token, minutes }),
  },
};

/** Makes a challenge's secret, and what is stored of it. `minutes`: how long it is good. */
export async function newChallenge(
  { secrets, uuid }: Pick<Services, 'secrets' | 'uuid'>,
  purpose: Purpose,
  nowMs: number,
) {
  const id = uuid();
  const { seconds } = PURPOSES[purpose];
  const expiresAtMs = nowMs + seconds * 1000;
  const minutes = seconds / 60;
  if (purpose === 'reset-password') {
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
 */
export async function issueChallenge(
  request: UseCaseRequest<IssueChallengePorts>,
  {
    purpose,
    owner,
    to,
    isTaken = false,
  }: {
    purpose: Purpose;
    owner: ChallengeOwner;
    to: string;
    isTaken?: boolean;
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
  const stored = { ...challenge, secretHash, purpose, email: isChange ? to : null };
  await services.challenges.issue(owner, stored, context);
  if (!isSent) return;
  const recipient = { email: to, language: languageOf(owner) };
  await sendEmail(request, recipient, template(secret, minutes, owner));
}
