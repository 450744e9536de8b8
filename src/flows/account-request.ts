/** What every flow around an account is given, and the few steps that several of them take. */
import { normalise, type Identifier } from '../policy/identifier.ts';
import type { Limit } from '../policy/throttle.ts';
import type { AuditContext } from './model/audit.ts';
import type { ChallengeOwner } from './model/challenge.ts';
import type { EmailTemplate } from './ports/mail.ts';
import { checkAddressAndEmailLimits } from './rate-limits.ts';
import { ok, refuse, type Outcome, type Refusal } from './model/outcome.ts';
import type { LoginRules } from './model/login.ts';
import type { RequestMeta } from './model/request.ts';
import type { Services } from './ports/services.ts';

export interface AccountRequest {
  services: Services;
  rules: LoginRules;
  meta: RequestMeta;
}

/** A name, and the registration handle that the body brought along. */
export interface NamedRequest extends AccountRequest {
  identifier: Identifier;
  handle: string | null;
}

/** The id of the body's handle, else of the cookie's; null where it was not issued for this name. */
export function handleIdFor(
  { services, meta, handle }: AccountRequest & { handle: string | null },
  identifier: Identifier,
): Promise<string | null> {
  return services.registrationHandles.read(handle ?? meta.registration, identifier);
}

/**
 * Finds whose mailbox a name leads to, for a request that causes e-mail, while the address is
 * counted.
 */
export async function recipientOf(request: NamedRequest): Promise<Outcome<ChallengeOwner | null>> {
  const { services, rules, meta } = request;
  const identifier = normalise(request.identifier);
  const how = { handleId: await handleIdFor(request, identifier), nowMs: services.nowMs() };
  const [turnedAway, owner] = await Promise.all([
    checkAddressAndEmailLimits(services, rules.limit, meta),
    services.challenges.findOwner(identifier, how),
  ]);
  return turnedAway === null ? ok(owner) : refuse(turnedAway);
}

export function auditContext(
  { services, rules, meta }: AccountRequest,
  accountKey: string,
): AuditContext {
  return { accountKey, contract: rules.contract, meta, nowMs: services.nowMs() };
}

/** Null: fit to be set. `field`: where the request has it. */
export async function checkNewPassword(
  { services }: AccountRequest,
  password: { value: string; field: string },
  personal: readonly (string | null)[],
): Promise<Refusal | null> {
  const known = personal.filter((text) => text !== null);
  const flaw = await services.passwordRules.flawOf(password.value, known);
  if (flaw === null) return null;
  const issue = { field: password.field, message: flaw.message, missing: false };
  return { reason: 'malformed', issues: [issue] };
}

/**
 * Starts the work that sends an e-mail, after the response. The work differs between known and
 * unknown addresses, so its length must not show: neither in this response's time nor in the next
 * request's, hence the random delay. The e-mail is counted for known and unknown addresses alike;
 * once the deployment's limit is reached the work is not done.
 */
export function afterResponse(services: Services, work: () => Promise<void>): void {
  const start = async () => {
    await services.randomDelay();
    if (await services.emailLimits.consumeInTotal()) await work();
  };
  services.waitUntil(start());
}

/** Sends a letter unless the address has had its share. Never before the response. */
export async function sendRateLimited(
  { services, rules }: AccountRequest,
  to: string,
  { template, share }: { template: EmailTemplate; share: { of: string; limit: Limit } },
): Promise<void> {
  const { admitted } = await services.limits.consume(`${share.of} to ${to}`, share.limit);
  if (admitted) await services.mailer.send({ to, contract: rules.contract, template });
}
