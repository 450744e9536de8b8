/** Samples of passkeys, of options for them, and of what browsers answer. */
import type {
  AssertionCredential,
  Ceremony,
  CreationOptions,
  Passkey,
  RegistrationCredential,
  RequestOptions,
} from '../../src/flows/model/passkey.ts';

const NOW_MS = 1_700_000_000_000;
const UUID = '550e8400-e29b-41d4-a716-446655440000';

export const samplePasskey: Passkey = {
  id: UUID,
  credentialId: 'oHy9vTqP8mJq8kX1cT5yN7bRgwZz3v0m',
  name: 'My phone',
  isSyncable: true,
  transports: ['internal', 'hybrid'],
  createdAtMs: NOW_MS - 1_000_000,
  lastUsedAtMs: NOW_MS,
};

const CLIENT_DATA = 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoi...';
const cut = (text: string) => text.replaceAll('.', '');

export const sampleRegistration: RegistrationCredential = {
  id: samplePasskey.credentialId,
  clientDataJSON: cut(CLIENT_DATA),
  attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcP',
  transports: samplePasskey.transports,
};

export const sampleAssertion: AssertionCredential = {
  id: samplePasskey.credentialId,
  clientDataJSON: cut(CLIENT_DATA),
  authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAA',
  signature: 'MEUCIQDh6x2Zb1c3kqP8mJq8kX1cT5yN7bRgwZz3v0mJq8kX1cT5yN7bRgw',
  userHandle: 'q9xT3mJ0kX8vT5yN7bRgw1cZz3v0mJq8kX1cT5yN7bQ',
};

const sampleChallenge = 'VQ6EAOKbQdSnFkRmVUQAAAGLz-VoAJq8kX1cT5yN7bRgwZz3v0mJq8kX1cT5yN7bRgw';

export const sampleCeremony = <Options>(publicKey: Options): Ceremony<Options> => ({
  publicKey,
  challengeId: UUID,
  expiresAtMs: NOW_MS + 300_000,
});

export const sampleRequestOptions: RequestOptions = {
  challenge: sampleChallenge,
  timeout: 300_000,
  rpId: 'gatehouse.example',
  allowCredentials: [],
  userVerification: 'required',
};

export const sampleCreationOptions: CreationOptions = {
  rp: { id: 'gatehouse.example', name: 'Gatehouse' },
  user: {
    id: sampleAssertion.userHandle ?? '',
    name: 'john@example.com',
    displayName: 'John Doe',
  },
  challenge: sampleChallenge,
  pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
  timeout: 300_000,
  excludeCredentials: [],
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  },
  attestation: 'none',
};
