/**
 * Passkeys on Supabase's wire. A `challenge_id` is answered because clients send one back; it is not
 * read, since the challenge that was signed names itself.
 */
import * as z from 'zod/mini';
import type { Ceremony, Passkey } from '../flows/model/passkey.ts';
import type { PasskeyPaths } from './contract.ts';
import type { ErrorOverrides } from './error-answers.ts';
import { passkeyRequests } from './passkey-requests.ts';
import { creationOptions, requestOptions } from './passkey-responses.ts';
import { bodyResponse, component, formatted, isoTime, listResponse } from './responses.ts';

const options = <Options>(id: string, schema: () => z.ZodMiniType<Options>) =>
  bodyResponse(id, {
    schema: () => ({
      challenge_id: formatted('uuid', 'Of no meaning: a credential is verified without it, too'),
      options: schema(),
      expires_at: z.int().check(z.meta({ description: 'Unix seconds' })),
    }),
    render: ({ publicKey, challengeId, expiresAtMs }: Ceremony<Options>) => ({
      challenge_id: challengeId,
      options: publicKey,
      expires_at: Math.floor(expiresAtMs / 1000),
    }),
  });

const passkey = component(
  'Passkey',
  () => ({
    id: formatted('uuid'),
    friendly_name: z.optional(z.string()),
    created_at: isoTime.schema(),
    last_used_at: z.optional(isoTime.schema('Absent until it is used')),
    synced: z
      .boolean()
      .check(z.meta({ description: 'It may be copied to other devices of its owner' })),
  }),
  ({ id, name, createdAtMs, lastUsedAtMs, isSyncable }: Passkey) => ({
    id,
    ...(name !== null && { friendly_name: name }),
    created_at: isoTime.render(createdAtMs),
    ...(lastUsedAtMs !== null && { last_used_at: isoTime.render(lastUsedAtMs) }),
    synced: isSyncable,
  }),
);

const shown = bodyResponse('PasskeyResponse', {
  schema: () => passkey.schema().shape,
  render: passkey.render,
});

const requests = passkeyRequests('friendly_name');

export const passkeyRoutes = {
  'passkey-login-options': {
    path: '/auth/v1/passkeys/authentication/options',
    response: options('PasskeyLoginOptions', requestOptions),
  },
  'passkey-login': { path: '/auth/v1/passkeys/authentication/verify' },
  'passkey-options': {
    path: '/auth/v1/passkeys/registration/options',
    response: options('PasskeyOptions', creationOptions),
  },
  'add-passkey': {
    path: '/auth/v1/passkeys/registration/verify',
    request: requests['add-passkey'],
    response: shown,
  },
  'list-passkeys': { response: listResponse('Passkeys', passkey) },
  'rename-passkey': { request: requests['rename-passkey'], response: shown },
} as const;

export const passkeyPaths: Partial<PasskeyPaths> = {
  options: ['options'],
  list: [],
  fields: {
    id: 'id',
    name: 'friendly_name',
    createdAt: 'created_at',
    lastUsedAt: 'last_used_at',
    synced: 'synced',
  },
};

const FAILED = 'webauthn_verification_failed';

/** The codes of Supabase, where it has one. */
export const passkeyAnswers: ErrorOverrides = {
  'invalid-passkey': { status: 400, code: FAILED, message: 'Credential verification failed' },
  'expired-challenge': {
    status: 400,
    code: 'webauthn_challenge_expired',
    message: 'Challenge has expired',
  },
  'too-many-passkeys': {
    status: 422,
    code: 'too_many_passkeys',
    message: 'Maximum number of passkeys reached',
  },
};

const disabled: ErrorOverrides = {
  'not-found': { code: 'passkey_disabled', message: 'Passkeys are disabled' },
};
const notFound: ErrorOverrides = {
  'not-found': { code: 'validation_failed', message: 'Passkey not found' },
};
/** A credential that is there, and cannot be accepted. */
const flawed: ErrorOverrides = {
  malformed: { code: FAILED },
  'missing-field': { code: 'validation_failed' },
};

export const passkeyErrors = {
  'passkey-login-options': disabled,
  'passkey-login': {
    ...disabled,
    ...flawed,
    inactive: { status: 403 },
    unverified: { status: 403 },
  },
  'passkey-options': disabled,
  'add-passkey': { ...disabled, ...flawed },
  'rename-passkey': notFound,
  'remove-passkey': notFound,
} as const;
