/**
 * Second factors on Supabase's wire. A login that owes one is answered with a session of `aal1`, whose
 * token opens the requests around factors alone; `challenge` and `verify` make it a session of `aal2`.
 */
import * as z from 'zod/mini';
import { renderSVG } from 'uqr';
import type { Enrolment, ShownFactor } from '../flows/model/factor.ts';
import type { ClaimContext } from '../flows/model/token-rules.ts';
import type { PendingStep } from '../flows/model/outcome.ts';
import type { FactorChallenge } from '../flows/verify-factor.ts';
import { factorCode } from './fields.ts';
import { refusalDetails } from './parts.ts';
import { request } from './requests.ts';
import { bodyResponse, component, formatted, isoTime, text } from './responses.ts';

/**
 * Levels of assurance and methods in tokens, which row level security asks for. Supabase's own passkey
 * is `aal1`, since it does not insist on the user's verification; here it does, and is both factors.
 */
export const assurance = ({
  openedBy,
  authenticatedAtMs,
  secondFactorAtMs,
}: Pick<ClaimContext, 'openedBy' | 'authenticatedAtMs' | 'secondFactorAtMs'>) => ({
  aal: secondFactorAtMs === null ? 'aal1' : 'aal2',
  amr: [
    // The method of a later proof is not stored.
    ...(secondFactorAtMs === null || openedBy === 'passkey'
      ? []
      : [{ method: 'totp', timestamp: secondFactorAtMs / 1000 }]),
    { method: openedBy, timestamp: authenticatedAtMs / 1000 },
  ],
});

const factor = component(
  'UserFactor',
  () => ({
    id: formatted('uuid'),
    friendly_name: z.optional(z.string()),
    factor_type: z.literal('totp'),
    status: z.enum(['verified', 'unverified']),
    created_at: isoTime.schema(),
    updated_at: isoTime.schema('The last use, or else the first'),
  }),
  ({ id, name, createdAtMs, confirmedAtMs, lastUsedAtMs }: ShownFactor) => ({
    id,
    ...(name !== null && { friendly_name: name }),
    factor_type: 'totp' as const,
    status: confirmedAtMs === null ? ('unverified' as const) : ('verified' as const),
    created_at: isoTime.render(createdAtMs),
    updated_at: isoTime.render(lastUsedAtMs ?? confirmedAtMs ?? createdAtMs),
  }),
);

/** Absent for users without factors. */
export const factorsField = {
  schema: () => ({ factors: z.optional(z.array(factor.schema())) }),
  render: (factors: readonly ShownFactor[] = []) =>
    factors.length === 0 ? {} : { factors: factors.map(factor.render) },
};

/** As much of a user as the second half of a login needs. */
const pendingUser = component(
  'PendingUser',
  () => ({ id: formatted('uuid'), email: z.string(), ...factorsField.schema() }),
  ({ user: { publicId, email, factors } }: PendingStep) => ({
    id: publicId,
    email: email ?? '',
    ...factorsField.render(factors),
  }),
);

const pendingSession = {
  schema: () => ({
    access_token: text('JWT, good for five minutes, and for the requests around factors alone'),
    token_type: z.literal('bearer'),
    expires_in: z.int(),
    expires_at: z.int(),
    refresh_token: text('No token: clients take no session without one'),
    user: pendingUser.schema(),
    ...refusalDetails(),
  }),
  render: (step: PendingStep) => ({
    access_token: step.token ?? '',
    token_type: 'bearer' as const,
    expires_in: (step.expiresAtMs - step.issuedAtMs) / 1000,
    expires_at: Math.floor(step.expiresAtMs / 1000),
    refresh_token: 'none',
    user: pendingUser.render(step),
    challenge: step.handle,
    methods: [...step.methods],
  }),
};

export const pendingSteps = {
  login: bodyResponse('PendingSession', pendingSession),
  profile: bodyResponse('PendingProfile', {
    schema: () => pendingUser.schema().shape,
    render: pendingUser.render,
  }),
};

const enrolment = request(
  () =>
    z.object({
      factor_type: z.literal('totp', 'factor_type must be totp'),
      friendly_name: z.nullish(
        z.string('Name must be a string').check(z.maxLength(100, 'Name is too long')),
      ),
    }),
  ({ friendly_name: name }) => ({ challenge: null as string | null, name: name || null }),
  ({ name }) => ({ factor_type: 'totp', ...(name !== null && { friendly_name: name }) }),
);

const enrolled = bodyResponse('EnrolledFactor', {
  schema: () => ({
    id: formatted('uuid'),
    type: z.literal('totp'),
    friendly_name: z.string(),
    totp: z.object({
      qr_code: text('SVG'),
      secret: text('Base32, for typing it in'),
      uri: text('otpauth URI'),
    }),
  }),
  render: ({ id, name, secret, uri }: Enrolment) => ({
    id,
    type: 'totp' as const,
    friendly_name: name ?? '',
    totp: { qr_code: renderSVG(uri, { border: 4, pixelSize: 4 }), secret, uri },
  }),
});

const challenged = bodyResponse('FactorChallenge', {
  schema: () => ({
    id: formatted('uuid', 'Of no meaning: a code is verified without it, too'),
    type: z.literal('totp'),
    expires_at: z.int(),
  }),
  render: ({ id, expiresAtMs }: FactorChallenge) => ({
    id,
    type: 'totp' as const,
    expires_at: Math.floor(expiresAtMs / 1000),
  }),
});

const verification = request(
  () => z.object({ code: factorCode(), challenge_id: z.optional(z.string()) }),
  ({ code }) => ({ code }),
  ({ code }) => ({ code }),
);

/** The routes of factors; those of own clients are the default ones. */
export const factorRoutes = {
  'enroll-totp': [{}, { path: '/auth/v1/factors', request: enrolment, response: enrolled }],
  'challenge-factor': { response: challenged },
  'verify-factor': { request: verification },
  'remove-factor': {
    response: bodyResponse('RemovedFactor', {
      schema: () => ({ id: formatted('uuid') }),
      render: ({ id }: { id: string }) => ({ id }),
    }),
  },
} as const;
