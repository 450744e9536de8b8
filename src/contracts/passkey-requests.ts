/**
 * The bodies of the operations around passkeys, alike in all contracts: what `toJSON()` makes of a
 * credential in a browser (WebAuthn Level 3, 5.1, 5.2.1). Members that nothing here needs are ignored.
 */
import * as z from 'zod/mini';
import type { AssertionCredential, RegistrationCredential } from '../flows/model/passkey.ts';
import type { InputOf } from '../flows/operations.ts';
import type { BodyOf } from './contract.ts';
import { ownName, requiredText, type Field } from './fields.ts';
import { request } from './requests.ts';
import { lazy } from './responses.ts';
import type { WireRequest } from './wire.ts';

/** Longer than any credential id may be (WebAuthn Level 3, 5.8.3: 1,023 bytes), in base64url. */
const MAX_ID_LENGTH = 1_364;

const base64url = (label: string) =>
  requiredText(label).check(z.regex(/^[\w-]+$/, `${label} must be base64url`));

const id = lazy(() =>
  base64url('Credential id').check(z.maxLength(MAX_ID_LENGTH, 'Credential id is too long')),
);

const credential = <Response extends z.ZodMiniType>(component: string, response: Response) =>
  z
    .object({
      id: id(),
      rawId: z.optional(id()),
      type: z.literal('public-key', 'Type must be public-key'),
      response,
    })
    .check(
      z.refine(({ id, rawId }) => rawId === undefined || rawId === id, {
        path: ['rawId'],
        message: 'Raw id must be the id',
      }),
      z.meta({ id: component }),
    );

/** RegistrationResponseJSON. */
const registration = lazy(() =>
  z.pipe(
    credential(
      'RegistrationCredential',
      z.object({
        clientDataJSON: base64url('Client data'),
        attestationObject: base64url('Attestation object'),
        transports: z.optional(
          z
            .array(
              z
                .string('Transport must be a string')
                .check(z.maxLength(32, 'Transport is too long')),
            )
            .check(z.maxLength(10, 'Transports are too many')),
        ),
      }),
    ),
    z.transform(({ id, response: { transports = [], ...texts } }): RegistrationCredential => ({
      id,
      ...texts,
      transports,
    })),
  ),
);

/** AuthenticationResponseJSON. */
export const assertion = lazy(() =>
  z.pipe(
    credential(
      'AssertionCredential',
      z.object({
        clientDataJSON: base64url('Client data'),
        authenticatorData: base64url('Authenticator data'),
        signature: base64url('Signature'),
        userHandle: z.nullish(base64url('User handle')),
      }),
    ),
    z.transform(({ id, response: { userHandle = null, ...texts } }): AssertionCredential => ({
      id,
      ...texts,
      userHandle,
    })),
  ),
);

const credentialJSON = (id: string, response: Record<string, unknown>) => ({
  id,
  rawId: id,
  type: 'public-key',
  response,
});

export const assertionJSON = ({ id, userHandle, ...response }: AssertionCredential) =>
  credentialJSON(id, { ...response, ...(userHandle !== null && { userHandle }) });

/** `named`: the field of a passkey's name. */
export const passkeyRequests = (named: 'name' | 'friendly_name' = 'name') => ({
  'add-passkey': request<Record<string, unknown>, InputOf<'add-passkey'>>(
    () => z.object({ [named]: z.nullish(ownName()), credential: registration() }),
    (body) => ({
      name: (body[named] as string | null | undefined) || null,
      credential: body['credential'] as RegistrationCredential,
    }),
    ({ name, credential: { id, ...response } }) => ({
      ...(name !== null && { [named]: name }),
      credential: credentialJSON(id, response),
    }),
  ),
  'rename-passkey': request<Record<string, unknown>, BodyOf<'rename-passkey'>>(
    () => z.object({ [named]: ownName().check(z.minLength(1, 'Name is required')) }),
    (body) => ({ name: body[named] as string }),
    ({ name }) => ({ [named]: name }),
  ),
});

/** `remember`: the login's field; absent: it has none. */
export const passkeyLoginRequest = (
  remember: Field | undefined,
): WireRequest<InputOf<'passkey-login'>> => {
  const [field, schema] = remember ?? [null];
  return request<Record<string, unknown>, InputOf<'passkey-login'>>(
    () => z.object({ credential: assertion(), ...(field !== null && { [field]: schema?.() }) }),
    (body) => ({
      credential: body['credential'] as AssertionCredential,
      remember: field !== null && body[field] === true,
    }),
    ({ credential, remember }) => ({
      credential: assertionJSON(credential),
      ...(field !== null && { [field]: remember }),
    }),
  );
};
