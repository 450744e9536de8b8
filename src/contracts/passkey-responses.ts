/** The responses of the operations around passkeys, which all contracts have alike. */
import * as z from 'zod/mini';
import type { Ceremony, CreationOptions, Passkey, RequestOptions } from '../flows/model/passkey.ts';
import { namesIn, type Respond, type Style } from './factor-responses.ts';
import { component, isoTime, nullWhere, text } from './responses.ts';

/** In the contract's time format, and with names in its case. */
export function passkeyResponses({ time = isoTime, nameCase = 'camel' }: Style, respond: Respond) {
  const { createdAt, lastUsedAt } = namesIn(nameCase);
  const fields = () => ({
    id: z.string(),
    name: nullWhere('where its owner gave none', z.string()),
    [createdAt]: time.schema(),
    [lastUsedAt]: nullWhere('until it is used', time.schema()),
    synced: z
      .boolean()
      .check(z.meta({ description: 'It may be copied to other devices of its owner' })),
  });
  const render = ({ id, name, createdAtMs, lastUsedAtMs, isSyncable }: Passkey) => ({
    id,
    name,
    [createdAt]: time.render(createdAtMs),
    [lastUsedAt]: lastUsedAtMs === null ? null : time.render(lastUsedAtMs),
    synced: isSyncable,
  });
  const shown = component('Passkey', fields, render);
  return {
    requestOptions: respond('PasskeyLoginOptionsResponse', {
      schema: () => ({ publicKey: requestOptions() }),
      render: ({ publicKey }: Ceremony<RequestOptions>) => ({ publicKey }),
    }),
    creationOptions: respond('PasskeyOptionsResponse', {
      schema: () => ({ publicKey: creationOptions() }),
      render: ({ publicKey }: Ceremony<CreationOptions>) => ({ publicKey }),
    }),
    passkey: respond('PasskeyResponse', { schema: fields, render }),
    passkeys: respond('PasskeysResponse', {
      schema: () => ({ passkeys: z.array(shown.schema()) }),
      render: (passkeys: readonly Passkey[]) => ({ passkeys: passkeys.map(render) }),
    }),
  };
}

/** PublicKeyCredentialRequestOptionsJSON. */
export const requestOptions = () =>
  z
    .object({
      challenge: text('Base64url'),
      timeout: z.int(),
      rpId: z.string(),
      allowCredentials: z.array(z.unknown()).check(z.meta({ description: 'Empty' })),
      userVerification: z.literal('required'),
    })
    .check(z.meta({ description: 'For PublicKeyCredential.parseRequestOptionsFromJSON' }));

/** PublicKeyCredentialCreationOptionsJSON. */
export const creationOptions = () =>
  z
    .object({
      rp: z.object({ id: z.string(), name: z.string() }),
      user: z.object({ id: text('Base64url'), name: z.string(), displayName: z.string() }),
      challenge: text('Base64url'),
      pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
      timeout: z.int(),
      excludeCredentials: z.array(
        z.object({
          type: z.literal('public-key'),
          id: text('Base64url'),
          transports: z.array(z.string()),
        }),
      ),
      authenticatorSelection: z.object({
        residentKey: z.literal('required'),
        requireResidentKey: z.literal(true),
        userVerification: z.literal('required'),
      }),
      attestation: z.literal('none'),
    })
    .check(z.meta({ description: 'For PublicKeyCredential.parseCreationOptionsFromJSON' }));
