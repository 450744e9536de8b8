/** Bodies of passkeys: what browsers send is read, and every member that is needed has to be sound. */
import { describe, expect, it } from 'vitest';
import { emailRemember } from '../../src/contracts/email-remember.ts';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { routeOf } from '../../src/contracts/routes.ts';
import type { Operation } from '../../src/flows/operations.ts';

const assertion = {
  id: 'Y3JlZGVudGlhbA',
  rawId: 'Y3JlZGVudGlhbA',
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: { credProps: { rk: true } },
  response: {
    clientDataJSON: 'e30',
    authenticatorData: 'QUFB',
    signature: 'c2ln-_',
    userHandle: 'aGFuZGxl',
  },
};
const registration = {
  ...assertion,
  response: {
    clientDataJSON: 'e30',
    attestationObject: 'o2Nm',
    authenticatorData: 'QUFB',
    publicKeyAlgorithm: -7,
    transports: ['internal', 'hybrid'],
  },
};

const decode = (operation: Operation, body: object, contract = emailRemember) => {
  const read = routeOf(contract, operation).request?.decode().safeParse(body);
  return read?.success
    ? read.data
    : read?.error.issues.map(({ path, message }) => [path.join('.'), message]);
};

describe('a credential as toJSON() gives it', () => {
  it('is read for a sign-in, without what nothing here needs', () => {
    const credential = {
      id: 'Y3JlZGVudGlhbA',
      clientDataJSON: 'e30',
      authenticatorData: 'QUFB',
      signature: 'c2ln-_',
      userHandle: 'aGFuZGxl',
    };
    const body = { credential: assertion, rememberMe: true };
    expect(decode('passkey-login', body)).toEqual({ credential, remember: true });
    const { userHandle: _, ...without } = assertion.response;
    for (const response of [without, { ...without, userHandle: null }]) {
      expect(decode('passkey-login', { credential: { ...assertion, response } })).toEqual({
        credential: { ...credential, userHandle: null },
        remember: false,
      });
    }
  });

  it('is read for a new passkey, whose name and transports may be absent', () => {
    const credential = {
      id: 'Y3JlZGVudGlhbA',
      clientDataJSON: 'e30',
      attestationObject: 'o2Nm',
      transports: ['internal', 'hybrid'],
    };
    const named = { credential: registration, name: '  My phone ' };
    expect(decode('add-passkey', named)).toEqual({ credential, name: 'My phone' });
    const { transports: _, ...response } = registration.response;
    for (const name of [undefined, null, '', '  ']) {
      const body = { name, credential: { ...registration, response } };
      expect(decode('add-passkey', body)).toEqual({
        credential: { ...credential, transports: [] },
        name: null,
      });
    }
    const sent = { friendly_name: 'Key', challenge_id: 'x', credential: registration };
    expect(decode('add-passkey', sent, gotrue)).toEqual({ credential, name: 'Key' });
  });
});

it.each([
  [{ id: undefined }, 'credential.id', 'Credential id is required'],
  [{ id: 'a+b/', rawId: 'a+b/' }, 'credential.id', 'Credential id must be base64url'],
  [{ id: 'AA==' }, 'credential.id', 'Credential id must be base64url'],
  [{ id: 'A'.repeat(1365) }, 'credential.id', 'Credential id is too long'],
  [{ rawId: 'b3RoZXI' }, 'credential.rawId', 'Raw id must be the id'],
  [{ type: 'password' }, 'credential.type', 'Type must be public-key'],
  [
    { response: { ...assertion.response, signature: '' } },
    'credential.response.signature',
    'Signature is required',
  ],
  [
    { response: { ...assertion.response, userHandle: 7 } },
    'credential.response.userHandle',
    'User handle must be a string',
  ],
])('refuses an assertion with %j', (changes, field, message) => {
  const credential = { ...assertion, ...changes };
  const issues = decode('passkey-login', { credential, rememberMe: false });
  expect(issues).toContainEqual([field, message]);
});

it.each([
  [{ transports: ['x'.repeat(33)] }, 'transports.0', 'Transport is too long'],
  [{ transports: Array(11).fill('usb') }, 'transports', 'Transports are too many'],
  [{ transports: [null] }, 'transports.0', 'Transport must be a string'],
  [
    { attestationObject: 'not base64url' },
    'attestationObject',
    'Attestation object must be base64url',
  ],
])('refuses a new passkey with %j', (changes, field, message) => {
  const credential = { ...registration, response: { ...registration.response, ...changes } };
  expect(decode('add-passkey', { credential })).toEqual([
    [`credential.response.${field}`, message],
  ]);
});

it.each([
  ['x'.repeat(65), 'Name is too long'],
  ['a\nb', 'Name must not have control characters'],
  ['a\u2028b', 'Name must not have control characters'],
  ['a\u202Eb', 'Name must not have control characters'],
  ['half \uD800', 'Name must not have control characters'],
  ['   ', 'Name is required'],
  [7, 'Name must be a string'],
])('refuses the name %j', (name, message) => {
  expect(decode('rename-passkey', { name })).toEqual([['name', message]]);
});

it.each(['x'.repeat(64), 'Büro-Schlüssel', '电话', '🔑 of work'])('takes the name %j', (name) => {
  expect(decode('rename-passkey', { name })).toEqual({ name });
});
