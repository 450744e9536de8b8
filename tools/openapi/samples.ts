/** Samples of what contracts put on the wire. A reason of refusal that is forgotten does not compile. */
import type { Contract, DocumentFacts, SessionView } from '../../src/contracts/contract.ts';
import type { Activity } from '../../src/flows/model/audit.ts';
import type { Enrolment, ShownFactor } from '../../src/flows/model/factor.ts';
import type { Granted, PendingStep, Refusal } from '../../src/flows/model/outcome.ts';
import { sampleAssertion, sampleRegistration } from './passkey-samples.ts';
import type { User } from '../../src/flows/model/user.ts';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import type { Identifier } from '../../src/policy/identifier.ts';

export type Reason = Refusal['reason'];

export const NOW_MS = 1_700_000_000_000;
export const refusalContext = {
  nowMs: NOW_MS,
  traceId: '7f3e9a52-0000-4000-8000-000000000000',
  headers: {},
};

const CREATED_MS = Date.parse('2024-01-15T10:30:45.123Z');
const UUID = '550e8400-e29b-41d4-a716-446655440000';

export const sampleUser: User = {
  id: 123,
  publicId: UUID,
  username: 'johndoe',
  email: 'john@example.com',
  emailVerified: true,
  name: 'John Doe',
  phone: null,
  avatar: null,
  bio: null,
  language: 'en',
  isAdmin: false,
  role: { id: 'role-admin', name: 'Admin' },
  team: null,
  status: 'active',
  createdAtMs: CREATED_MS,
  lastLoginAtMs: NOW_MS,
  factors: [],
  recoveryCodesLeft: 0,
  passkeys: [],
};

export const sampleStep: PendingStep = {
  handle: 'p3Wc9mJq8kX1cT5yN7bRgwZz3v0mJq8kX1cT5yN7bRgwZz3v0...',
  methods: ['totp', 'recovery-code'],
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 300_000,
  user: sampleUser,
  token: 'eyJhbGciOiJFZERTQSIsInR5cCI6InN0ZXArand0In0...',
};

const samples: { [R in Reason]: Extract<Refusal, { reason: R }> } = {
  malformed: {
    reason: 'malformed',
    issues: [
      { field: 'email', message: 'Email is required', missing: true },
      { field: 'password', message: 'Password is required', missing: true },
    ],
  },
  'unknown-variant': {
    reason: 'unknown-variant',
    issues: [{ field: 'grant_type', message: 'grant_type must be password', missing: true }],
  },
  limited: {
    reason: 'limited',
    limit: { attempts: 60, windowSeconds: 60 },
    retryAtMs: NOW_MS + 30_000,
  },
  busy: { reason: 'busy' },
  locked: { reason: 'locked', untilMs: NOW_MS + 900_000, untilReset: false },
  invalid: { reason: 'invalid', because: 'wrong-password' },
  'second-factor-required': { reason: 'second-factor-required', step: sampleStep },
  'enrolment-required': {
    reason: 'enrolment-required',
    step: { ...sampleStep, methods: ['totp'] },
  },
  'invalid-factor': { reason: 'invalid-factor' },
  'expired-step': { reason: 'expired-step' },
  'reauthentication-required': { reason: 'reauthentication-required', methods: ['password'] },
  'too-many-factors': { reason: 'too-many-factors' },
  'invalid-passkey': { reason: 'invalid-passkey', because: 'wrong-signature' },
  'expired-challenge': { reason: 'expired-challenge' },
  'unacceptable-passkey': { reason: 'unacceptable-passkey' },
  'too-many-passkeys': { reason: 'too-many-passkeys' },
  'last-way-in': { reason: 'last-way-in' },
  inactive: { reason: 'inactive' },
  unverified: { reason: 'unverified' },
  internal: { reason: 'internal' },
  unauthenticated: { reason: 'unauthenticated', presented: true },
  taken: { reason: 'taken', field: 'username' },
  'invalid-code': { reason: 'invalid-code' },
  'invalid-link': { reason: 'invalid-link' },
  'cross-site': { reason: 'cross-site' },
  'not-found': { reason: 'not-found' },
  'unknown-path': { reason: 'unknown-path' },
  'wrong-method': { reason: 'wrong-method', allow: ['POST'] },
  insecure: { reason: 'insecure' },
};

/** For contracts that sign registrations in at once. */
export const emailTaken: Refusal = { reason: 'taken', field: 'email' };

export const refusals: readonly Refusal[] = Object.values(samples);

export const sampleOf = <R extends Reason>(reason: R): Extract<Refusal, { reason: R }> =>
  samples[reason];

const SAMPLE_REFRESH_TOKEN = 'eyJhbGciOiJFZERTQSIsInR5cCI6InJ0K2p3dCJ9...';

export const sampleGranted: Granted = {
  user: sampleUser,
  sessionId: UUID,
  issuedAtMs: NOW_MS,
  access: {
    token: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9...',
    expiresAtMs: NOW_MS + 86_400_000,
  },
  refresh: {
    token: SAMPLE_REFRESH_TOKEN,
    expiresAtMs: NOW_MS + 604_800_000,
  },
};

export const sampleSession: SessionView = {
  id: UUID,
  contract: 'email-cookie',
  startedAtMs: CREATED_MS,
  lastUsedAtMs: NOW_MS,
  address: '192.0.2.1',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  device: 'Firefox on Linux',
  name: 'My laptop',
  current: true,
};

export const sampleActivity: Activity = {
  action: 'LOGIN',
  reason: 'granted',
  atMs: NOW_MS,
  address: '192.0.2.1',
  device: 'Firefox on Linux',
  current: true,
};

export const sampleFactor: ShownFactor = {
  id: UUID,
  kind: 'totp',
  name: null,
  createdAtMs: CREATED_MS,
  confirmedAtMs: CREATED_MS,
  lastUsedAtMs: NOW_MS,
};

/** The secret of RFC 6238, appendix B. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const sampleEnrolment: Enrolment = {
  id: UUID,
  name: null,
  secret: SECRET,
  uri: `otpauth://totp/Gatehouse:john%40example.com?secret=${SECRET}&issuer=Gatehouse`,
};

export const sampleCode = {
  code: 'Yt0cQ1Vb7nXk2LzR9wEoPdGfHsJ4uMaTi6yKqN3vBxC8',
  expiresInSeconds: 60,
};

export const sampleHandle =
  'Zz3v0mJq8kX1cT5yN7bRgw~1700000000~4iCq0v9mT2xZ7nYd5bK8rHs1LwE6uJfA3gPzQkXcVtM';

/** Inputs of all operations, for requests as a contract's clients write them. */
export function sampleInputs(kind: Identifier['kind']): { [O in Operation]: InputOf<O> } {
  const [email, password, code] = ['john@example.com', 'MySecure123!', '012345'];
  const identifier: Identifier =
    kind === 'email' ? { kind, value: email } : { kind, value: 'johndoe' };
  const named = { identifier, handle: null };
  const tokens = { token: sampleGranted.access.token, refreshToken: SAMPLE_REFRESH_TOKEN };
  const newPassword = 'five words in a row';
  return {
    login: { identifier, password, remember: false, code: null },
    refresh: tokens,
    logout: tokens,
    'logout-all': null,
    'logout-others': null,
    renew: tokens,
    profile: null,
    'update-profile': { name: 'John Doe', avatar: null, language: 'en' },
    'list-sessions': null,
    'rename-session': { id: UUID, name: 'My laptop' },
    'end-session': { id: UUID },
    'revoke-session': { token: 'q3mJ0kX8vT5yN7bRgw1c' },
    'list-activity': null,
    register: { email, password, name: 'John Doe', username: 'johndoe', handle: null },
    'send-code': named,
    'verify-email': { ...named, password, code },
    'forgot-password': named,
    'reset-password': { token: 'q3mJ0kX8vT5yN7bRgw1c', password: newPassword },
    'change-password': { currentPassword: password, newPassword },
    'change-email': { email, password },
    'confirm-email': { code },
    'delete-account': { password },
    'second-factor': { challenge: sampleStep.handle, code: '287082' },
    reauthenticate: { password, code: null },
    'list-factors': null,
    'enroll-totp': { challenge: null, name: null },
    'confirm-totp': { code: '287082' },
    'new-recovery-codes': null,
    'remove-factor': { id: UUID },
    'challenge-factor': { id: UUID },
    'verify-factor': { id: UUID, code: '287082' },
    'passkey-login-options': null,
    'passkey-login': { credential: sampleAssertion, remember: false },
    'passkey-options': null,
    'add-passkey': { name: 'My phone', credential: sampleRegistration },
    'list-passkeys': null,
    'rename-passkey': { id: UUID, name: 'My laptop' },
    'remove-passkey': { id: UUID },
    'remove-password': null,
    'issue-authorization-code': {
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      returnTo: 'https://app.example.com/callback',
      refreshToken: SAMPLE_REFRESH_TOKEN,
    },
    'exchange-authorization-code': {
      code: sampleCode.code,
      codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      returnTo: 'https://app.example.com/callback',
    },
  };
}

/** Facts of a deployment, for the documents of a contract. */
export const sampleFacts = ({ name, params }: Contract): DocumentFacts => ({
  issuer: 'https://gatehouse.example',
  baseUrl: `https://gatehouse.example/${name}`,
  params,
  keys: [
    {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      kid: 'sample',
      alg: 'EdDSA',
      use: 'sig',
    },
  ],
});
