/** A user, a registration, a session and the refusals that several tests of use cases expect. */
import type { Factor, FactorUse } from '../../../src/flows/model/factor.ts';
import type { LoginRules } from '../../../src/flows/model/login.ts';
import type {
  AssertionCredential,
  Passkey,
  PasskeyUse,
  RegistrationCredential,
} from '../../../src/flows/model/passkey.ts';
import type { Registration } from '../../../src/flows/model/registration.ts';
import type { RequestMeta } from '../../../src/flows/model/request.ts';
import type { LiveSession } from '../../../src/flows/model/session.ts';
import type { Account } from '../../../src/flows/model/user.ts';
import type { AuthorizationGrant } from '../../../src/flows/ports/authorization-codes.ts';
import type { LoginStep } from '../../../src/flows/ports/login-steps.ts';
import { plainUser } from '../../fixtures/user.ts';

export const NOW_MS = 1_700_000_000_500;
export const ISSUED_MS = 1_700_000_000_000;

export const alice: Account = {
  user: {
    id: 7,
    publicId: 'public-7',
    username: 'Alice',
    email: 'alice@example.com',
    ...plainUser,
    emailVerified: true,
    name: 'Alice A.',
    createdAtMs: 1_600_000_000_000,
  },
  passwordHash: 'hash of right',
  credentialVersion: 3,
  deviceVersion: 5,
  factors: [],
  userHandle: null,
};
export const aliceWith = (
  user: Partial<Account['user']>,
  rest: Partial<Account> = {},
): Account => ({
  ...alice,
  ...rest,
  user: { ...alice.user, ...user },
});

/** A confirmed authenticator app, and the use of it by a code. */
export const totp: Factor = {
  id: 'factor-1',
  kind: 'totp',
  secret: 'sealed',
  name: null,
  createdAtMs: 0,
  confirmedAtMs: 1,
  lastUsedAtMs: null,
  lastStep: 0,
};
export const use: FactorUse = {
  factorId: 'factor-1',
  kind: 'totp',
  step: 56_666_666,
  resealed: null,
};
/** Alice with the app, and ten recovery codes. */
export const aliceWithFactor = (factor: Factor): Account =>
  aliceWith(
    {
      factors: [{ ...factor, kind: 'totp' }],
      recoveryCodesLeft: factor.confirmedAtMs === null ? 0 : 10,
    },
    { factors: [factor] },
  );

/** A passkey of Alice, a use of it, and what browsers answer. */
export const passkey: Passkey = {
  id: 'passkey-1',
  credentialId: 'credential-1',
  name: 'Phone',
  isSyncable: true,
  transports: ['internal'],
  createdAtMs: 0,
  lastUsedAtMs: null,
};
export const passkeyUse: PasskeyUse = {
  passkeyId: 'passkey-1',
  challenge: { id: 'challenge-1', expiresAtMs: NOW_MS + 1 },
  signCount: 0,
};
export const aliceWithPasskey = aliceWith({ passkeys: [passkey] }, { userHandle: 'handle' });
export const ownedPasskey = {
  account: aliceWithPasskey,
  passkey: { ...passkey, publicKey: '{}', signCount: 0 },
};
export const assertion: AssertionCredential = {
  id: 'credential-1',
  clientDataJSON: 'x',
  authenticatorData: 'x',
  signature: 'x',
  userHandle: 'handle',
};
export const registrationCredential: RegistrationCredential = {
  id: 'credential-1',
  clientDataJSON: 'x',
  attestationObject: 'x',
  transports: ['internal'],
};

/** A login of Alice that waits for its second factor. */
export const step: LoginStep = {
  contract: 'email-cookie',
  userId: 7,
  credentialVersion: 3,
  lockoutKey: 'lockout of username alice',
  ticket: 'id-1',
  remember: false,
  enrols: false,
  issuedAtMs: NOW_MS - 1000,
};

export const dora: Registration = {
  id: 'registration-1',
  handleId: 'handle-1',
  username: 'Dora',
  email: 'dora@example.com',
  name: null,
  language: 'it',
  passwordHash: 'hash of right',
};

export const session: LiveSession = {
  id: 'session-1',
  contract: 'email-cookie',
  user: alice.user,
  account: alice,
  createdAtMs: ISSUED_MS - 3_600_000,
  generation: 0,
  refreshedAtMs: ISSUED_MS - 3_600_000,
  expiresAtMs: ISSUED_MS + 3_600_000,
  provenAtMs: ISSUED_MS - 3_600_000,
  secondFactorAtMs: null,
  openedBy: 'password',
};

export const authorizationGrant: AuthorizationGrant = {
  id: 'grant-1',
  contract: 'email-cookie',
  sessionId: 'session-1',
  userId: 7,
  credentialVersion: 3,
  codeChallenge: 'challenge',
  issuedAtMs: ISSUED_MS,
};

export const meta: RequestMeta = {
  traceId: 'trace-1',
  address: '192.0.2.1',
  userAgent: null,
  language: 'fr',
  browser: 'Unknown device',
  device: null,
  registration: null,
};

export const rules: LoginRules = {
  contract: 'email-cookie',
  lifetimes: { accessSeconds: 900, refreshSeconds: 86_400 },
  limit: { attempts: 10, windowSeconds: 60 },
  lockout: { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 },
  requiresVerifiedEmail: true,
  registration: 'by-code',
  rotation: 'each-use',
  secondFactor: 'optional',
  passkeys: { isOffered: true, deviceBound: 'none' },
  codeTravels: 'in-a-step',
  tokens: {
    contract: 'email-cookie',
    issuer: 'https://gatehouse.example',
    audience: 'https://app.example',
    refreshAudience: 'https://app.example',
    type: 'at+jwt',
    algorithms: ['EdDSA'],
    claims: () => ({ access: { scope: 'a' }, refresh: { scope: 'r' } }),
    stepClaims: () => ({ scope: 's' }),
  },
};

/** The refusals that several tests expect. */
export const limitedAddress = {
  ok: false,
  refusal: { reason: 'limited', limit: { attempts: 10, windowSeconds: 60 }, retryAtMs: 99 },
};
export const limitedEmail = {
  ok: false,
  refusal: { reason: 'limited', limit: { attempts: 10, windowSeconds: 3600 }, retryAtMs: 99 },
};
export const unauthenticated = {
  ok: false,
  refusal: { reason: 'unauthenticated', presented: true },
};
export const busy = { ok: false, refusal: { reason: 'busy' } };
export const sessionEnded = {
  ok: false,
  refusal: { reason: 'unauthenticated', presented: true, sessionEnded: true },
};
const COMMON = { flaw: 'common', message: 'Too common' } as const;
export const flawIn = (field: string) => ({
  ok: false,
  refusal: { reason: 'malformed', issues: [{ field, ...COMMON, missing: false }] },
});

/** The audit context of a test's request. */
export const context = (accountKey = 'key of user 7', nowMs = NOW_MS) => ({
  accountKey,
  contract: 'email-cookie',
  meta,
  nowMs,
});

/** Answers that several tests give. */
export const limited = async () => ({ admitted: false, retryAtMs: 99 }) as const;
export const no = async () => false;
export const yes = async () => true;
export const liveOf = (account: Account) => ({
  live: async () => ({ ...session, account, user: account.user }),
});
export const tooCommon = async () => COMMON;
export const outage = () => Promise.reject(new Error('outage'));
