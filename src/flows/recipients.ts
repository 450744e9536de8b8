/** Finds the owner of the mailbox that a name leads to. */
import { normalise, type Identifier } from '../policy/identifier.ts';
import type { ChallengeOwner } from './model/challenge.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { Services } from './ports/services.ts';
import { checkAddressAndEmailLimits, type RequestLimitPorts } from './rate-limits.ts';
import type { UseCaseRequest } from './use-case.ts';

/** A request that names a user or a registration. */
export interface IdentifierRequest<Ports extends keyof Services> extends UseCaseRequest<Ports> {
  identifier: Identifier;
  /** The registration handle in the body; null where there is none. */
  handle: string | null;
}

/** The id of the body's handle, else of the cookie's; null where it was not issued for this name. */
export function readRegistrationHandle(
  {
    services,
    meta,
    handle,
  }: UseCaseRequest<'registrationHandles'> & Pick<IdentifierRequest<never>, 'handle'>,
  identifier: Identifier,
): Promise<string | null> {
  return services.registrationHandles.read(handle ?? meta.registration, identifier);
}

export type FindRecipientPorts = RequestLimitPorts | 'challenges' | 'nowMs' | 'registrationHandles';

/** Finds the recipient of an e-mail while the request is counted. */
export async function findRecipient(
  request: IdentifierRequest<FindRecipientPorts>,
): Promise<Outcome<ChallengeOwner | null>> {
  const { services, rules, meta } = request;
  const identifier = normalise(request.identifier);
  const handleId = await readRegistrationHandle(request, identifier);
  const [limited, owner] = await Promise.all([
    checkAddressAndEmailLimits(services, rules.limit, meta),
    services.challenges.findOwner(identifier, { handleId, nowMs: services.nowMs() }),
  ]);
  return limited === null ? ok(owner) : refuse(limited);
}

/** The language of e-mails to a challenge's owner. */
export const languageOf = (owner: ChallengeOwner): string =>
  owner.is === 'user' ? owner.account.user.language : owner.registration.language;

/** The pseudonym of a challenge's owner. A registration has its address's: it is no account yet. */
export const accountKeyOf = (
  { accountKey }: Pick<Services, 'accountKey'>,
  owner: ChallengeOwner,
): Promise<string> =>
  accountKey(
    owner.is === 'user'
      ? { userId: owner.account.user.id }
      : { kind: 'email', value: owner.registration.email },
  );
