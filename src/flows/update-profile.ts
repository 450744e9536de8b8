/** Changes what the bearer of an access token says about themselves; the e-mail address and the username stay. */
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

export interface UpdateProfileRequest extends AuthenticatedRequest<
  AuthenticatePorts | 'accountChanges' | 'accountKey' | 'limits'
> {
  profile: ProfileInput;
}

export async function updateProfile(request: UpdateProfileRequest): Promise<Outcome<User>> {
  const { services, profile } = request;
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { change, violations } = readProfile(profile);
  const [first, ...others] = violations.map((violation) => ({ ...violation, missing: false }));
  if (first !== undefined) return refuse({ reason: 'malformed', issues: [first, ...others] });
  const accountKey = await services.accountKey({ userId: session.value.user.id });
  const context = auditContext(request, accountKey);
  const user = await services.accountChanges.updateProfile(session.value, change, context);
  return user === null ? UNAUTHENTICATED : ok(user);
}
