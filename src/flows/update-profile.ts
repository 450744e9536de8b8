/** Changes the profile of the signed-in user; the e-mail address and the username stay. */
import { normalise } from '../policy/identifier.ts';
import { readProfile, type ProfileInput } from '../policy/profile-rules.ts';
import {
  UNAUTHENTICATED,
  type AuthenticatedRequest,
  type AuthenticatePorts,
} from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { User } from './model/user.ts';
import { authenticateCounted } from './reauthenticate.ts';
import { auditContext } from './use-case.ts';

type Names = { readonly [K in 'email' | 'username']?: string | undefined };

/** A client's form may have the account's names in it; others are refused. */
export type ProfileUpdate = ProfileInput & Names;

interface UpdateProfileRequest extends AuthenticatedRequest<
  AuthenticatePorts | 'accountChanges' | 'accountKey' | 'limits'
> {
  profile: ProfileUpdate;
}

export async function updateProfile(request: UpdateProfileRequest): Promise<Outcome<User>> {
  const { services, profile } = request;
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { change, violations } = readProfile(profile);
  const faults = [...violations, ...changedNames(profile, session.value.user)];
  const [first, ...others] = faults.map((fault) => ({ ...fault, missing: false }));
  if (first !== undefined) return refuse({ reason: 'malformed', issues: [first, ...others] });
  const accountKey = await services.accountKey({ userId: session.value.user.id });
  const context = auditContext(request, accountKey);
  const user = await services.accountChanges.updateProfile(session.value, change, context);
  return user === null ? UNAUTHENTICATED : ok(user);
}

/** Compares with what contracts show: an account without a username has its address in that place. */
function changedNames(sent: Names, { email, username }: User) {
  const shown = { email, username: username ?? email };
  return (['email', 'username'] as const).flatMap((kind) => {
    const [asked, own] = [sent[kind], shown[kind]].map(
      (value) => value && normalise({ kind, value }).value,
    );
    const label = kind === 'email' ? 'Email' : 'Username';
    return asked === undefined || asked === own
      ? []
      : [{ field: kind, message: `${label} cannot be changed here` }];
  });
}
