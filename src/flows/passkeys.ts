/**
 * Adds, lists, renames and removes the passkeys of a signed-in user, and removes the password beside
 * them. Adding and removing need a recent proof of identity (prove-identity.ts), and are told to the
 * account's mailbox.
 */
import { MAX_PASSKEYS, staysReachable, usablePasskeys } from '../policy/passkeys.ts';
import {
  authenticate,
  UNAUTHENTICATED,
  type AuthenticatedRequest,
  type AuthenticatePorts,
} from './authenticate.ts';
import { notify } from './email.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type {
  Ceremony,
  CreationOptions,
  Passkey,
  PasskeyFlaw,
  RegistrationCredential,
  RequestOptions,
} from './model/passkey.ts';
import type { LiveSession } from './model/session.ts';
import { authenticateProven, checkSecondFactor } from './prove-identity.ts';
import { authenticateCounted } from './reauthenticate.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';
import { checkDeviceBound, EXPIRED_CHALLENGE } from './verify-passkey.ts';

type PasskeysRequest = AuthenticatedRequest<
  | AuthenticatePorts
  | 'accountKey'
  | 'limits'
  | 'mailer'
  | 'passkeyCeremonies'
  | 'passkeys'
  | 'waitUntil'
>;

const NOT_FOUND = refuse({ reason: 'not-found' });

/** Options of a sign-in or a proof. They name no account, and nothing is stored. */
export async function passkeyLoginOptions({
  services,
  rules,
}: UseCaseRequest<'passkeyCeremonies'>): Promise<Outcome<Ceremony<RequestOptions>>> {
  if (!rules.passkeys.isOffered) return NOT_FOUND;
  return ok(await services.passkeyCeremonies.requestOptions(rules.contract));
}

export async function passkeyOptions(
  request: PasskeysRequest,
): Promise<Outcome<Ceremony<CreationOptions>>> {
  const { services, rules } = request;
  const session = await mayAdd(request);
  if (!session.ok) return session;
  const { id: sessionId, account } = session.value;
  const { id: userId, email, username, publicId, name, passkeys } = account.user;
  const userHandle =
    account.userHandle ??
    (await services.passkeys.handleOf(userId, services.passkeyCeremonies.newUserHandle()));
  if (userHandle === null) return UNAUTHENTICATED;
  const shown = email ?? username ?? publicId;
  const owner = { userHandle, name: shown, displayName: name ?? shown, passkeys };
  const scope = { contract: rules.contract, sessionId };
  return ok(await services.passkeyCeremonies.creationOptions(scope, owner));
}

/** Adds the passkey that a browser has created. A flaw of it is told, unlike at a sign-in. */
export async function addPasskey(
  request: PasskeysRequest & {
    services: { uuid(): string };
    name: string | null;
    credential: RegistrationCredential;
  },
): Promise<Outcome<Passkey>> {
  const { services, rules, name, credential } = request;
  const session = await mayAdd(request);
  if (!session.ok) return session;
  const { id: sessionId, account } = session.value;
  const scope = { contract: rules.contract, sessionId };
  const verified = await services.passkeyCeremonies.verifyRegistration(scope, credential);
  if (!verified.ok) {
    return verified.flaw === 'expired-challenge' ? EXPIRED_CHALLENGE : flawed(verified.flaw);
  }
  const { passkey, challenge } = verified;
  const refusal = checkDeviceBound(request, account, passkey);
  if (refusal !== null) return refuse(refusal);

  const id = services.uuid();
  const accountKey = await services.accountKey({ userId: account.user.id });
  const context = auditContext(request, accountKey);
  const added = { ...passkey, id, name };
  switch (await services.passkeys.add(session.value, added, { ...context, challenge })) {
    case 'stale':
      return EXPIRED_CHALLENGE;
    case 'full':
      return TOO_MANY;
    case 'taken':
      return flawed('taken');
    case 'added':
  }
  notify(request, account, { kind: 'passkey-added', name });
  const { credentialId, isSyncable, transports } = passkey;
  const times = { createdAtMs: context.nowMs, lastUsedAtMs: null };
  return ok({ id, name, credentialId, isSyncable, transports, ...times });
}

const TOO_MANY = refuse({ reason: 'too-many-passkeys' });

/** A stranger may have registered the address: its owner must find no passkey of the stranger's in it. */
async function mayAdd(request: PasskeysRequest): Promise<Outcome<LiveSession>> {
  if (!request.rules.passkeys.isOffered) return NOT_FOUND;
  const session = await authenticateProven(request);
  if (!session.ok) return session;
  const { email, emailVerified, passkeys } = session.value.user;
  if (email !== null && !emailVerified) return refuse({ reason: 'unverified' });
  return passkeys.length >= MAX_PASSKEYS ? TOO_MANY : session;
}

function flawed(flaw: PasskeyFlaw | 'taken'): Outcome<never> {
  const message = FLAWS[flaw];
  const issue = { field: 'credential', message: `Credential ${message}`, missing: false };
  return refuse({ reason: 'malformed', issues: [issue] });
}

const FLAWS: Record<PasskeyFlaw | 'taken', string> = {
  malformed: 'cannot be read',
  'wrong-type': 'is not of a registration',
  'wrong-challenge': 'answers another challenge',
  'expired-challenge': 'answers a challenge that has expired',
  'wrong-origin': 'comes from an origin that is not allowed',
  'cross-origin': 'comes from a frame of another site',
  'wrong-domain': 'belongs to another domain',
  'user-not-present': 'was made without its user',
  'user-not-verified': 'was made without verification of its user',
  'unsupported-key': 'has a key of an unsupported kind',
  'unknown-passkey': 'is unknown',
  'wrong-owner': 'belongs to another account',
  'wrong-signature': 'has a wrong signature',
  'changed-eligibility': 'may be backed up, unlike before, or the reverse',
  taken: 'is registered already',
};

export async function listPasskeys(
  request: AuthenticatedRequest<AuthenticatePorts>,
): Promise<Outcome<readonly Passkey[]>> {
  const session = await authenticate(request);
  return session.ok ? ok(session.value.user.passkeys) : session;
}

export async function renamePasskey(
  request: PasskeysRequest & { id: string; name: string },
): Promise<Outcome<Passkey>> {
  const { services, id, name } = request;
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { account } = session.value;
  const context = auditContext(request, await services.accountKey({ userId: account.user.id }));
  const renamed = await services.passkeys.rename(account, { id, name }, context);
  return renamed === null ? NOT_FOUND : ok(renamed);
}

export async function removePasskey(
  request: PasskeysRequest & { id: string },
): Promise<Outcome<{ id: string }>> {
  const { services, id } = request;
  const session = await authenticateProven(request);
  if (!session.ok) return session;
  const { account } = session.value;
  const passkey = account.user.passkeys.find((candidate) => candidate.id === id);
  if (passkey === undefined) return NOT_FOUND;
  const context = auditContext(request, await services.accountKey({ userId: account.user.id }));
  const outcome = await services.passkeys.remove(account, id, context);
  if (outcome === 'last-way-in') return LAST_WAY_IN;
  if (outcome === 'stale') return NOT_FOUND;
  notify(request, account, { kind: 'passkey-removed', name: passkey.name });
  return ok({ id });
}

const LAST_WAY_IN = refuse({ reason: 'last-way-in' });

/**
 * Removes the password of an account that stays reachable without it. Ends all other sessions, as a
 * change of the password does. The proof has to be one that works without the password.
 */
export async function removePassword(
  request: PasskeysRequest & AuthenticatedRequest<'accountChanges'>,
): Promise<Outcome<null>> {
  const { services, rules } = request;
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { id: keepSessionId, account } = session.value;
  const passkeys = usablePasskeys(rules.passkeys, account.user).length;
  const { recoveryCodesLeft: recoveryCodes } = account.user;
  // Said first: the proof that is asked for next would have to come from one of these.
  if (!staysReachable({ passkeys, recoveryCodes })) return LAST_WAY_IN;
  const refusal = checkSecondFactor(request, session.value);
  if (refusal !== null) return refuse(refusal);
  if (account.passwordHash === null) return ok(null);
  const context = auditContext(request, await services.accountKey({ userId: account.user.id }));
  const outcome = await services.accountChanges.removePassword(account, {
    ...context,
    keepSessionId,
  });
  if (outcome === 'last-way-in') return LAST_WAY_IN;
  if (outcome === 'stale') {
    const current = await authenticate(request);
    // Another request of this session has removed it meanwhile.
    const isRemoved = current.ok && current.value.account.passwordHash === null;
    return isRemoved ? ok(null) : UNAUTHENTICATED;
  }
  notify(request, account, { kind: 'password-removed' });
  return ok(null);
}
