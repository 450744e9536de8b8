/**
 * The browser's side of the ceremonies of WebAuthn Level 3: options of the API in, values of its
 * requests out. Base64url is read and written here, since the oldest browsers that are served have no
 * `parseRequestOptionsFromJSON` and no `toJSON`.
 */
import type { RequestValues } from '../fill-request.ts';
import { valueAt } from '../json-path.ts';
import type { Answer } from './call.ts';
import { contract, messages } from './page-data.ts';

interface Options {
  challenge: string;
  /** In milliseconds, of the challenge too. */
  timeout: number;
}
interface CreationOptions extends Options {
  user: { id: string };
  excludeCredentials: { id: string }[];
}

/** The options in an answer of the API. */
export const optionsIn = ({ body }: Answer): Options =>
  valueAt(body, contract.paths.passkeys.options) as Options;

/** Signs the challenge of an answer with a passkey. Throws a DOMException. */
export async function signChallenge(
  answer: Answer,
  how: CredentialRequestOptions = {},
): Promise<RequestValues> {
  const options = optionsIn(answer);
  const publicKey = { ...options, challenge: bytesOf(options.challenge) };
  const credential = await navigator.credentials.get({ ...how, publicKey });
  const { id, response } = credential as PublicKeyCredential & {
    response: AuthenticatorAssertionResponse;
  };
  return {
    credentialId: id,
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle && textOf(response.userHandle),
  };
}

/** Makes a passkey for the options of an answer. Throws a DOMException. */
export async function createPasskey(answer: Answer): Promise<RequestValues> {
  const options = optionsIn(answer) as CreationOptions;
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytesOf(one.id) })),
  } as unknown as PublicKeyCredentialCreationOptions;
  const credential = await navigator.credentials.create({ publicKey });
  const { id, response } = credential as PublicKeyCredential & {
    response: AuthenticatorAttestationResponse;
  };
  return {
    credentialId: id,
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    // Firefox 115 has no such function.
    transports: response.getTransports?.() ?? [],
  };
}

/** Says why the browser made or used no passkey. `isCancelled`: most likely the user did not want to. */
export function ceremonyError(error: unknown): { text: string; isCancelled: boolean } {
  const { name } = error as DOMException;
  const texts: Readonly<Record<string, string>> = {
    NotAllowedError: messages.passkeyCancelled,
    InvalidStateError: messages.passkeyKnown,
    SecurityError: messages.passkeyDomain,
  };
  return { text: texts[name] ?? messages.passkeyFailed, isCancelled: name === 'NotAllowedError' };
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
    byte.charCodeAt(0),
  );

const textOf = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
