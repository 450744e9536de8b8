/**
 * A software authenticator with its browser: makes passkeys and assertions (WebAuthn Level 3) over
 * WebCrypto, apart from the product. Overrides make the flaws that a server has to refuse.
 */
import { base64url, type JWK } from 'jose';
import { bigEndian, cborMap, coseKey } from './cbor.ts';

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256' | 'ES384';

interface AuthenticatorOptions {
  /** The page that calls the browser. */
  origin: string;
  /** The RP id; default: the one in the options of each ceremony. */
  domain?: string;
  /** ES384 is one that the product does not accept. */
  algorithm?: PasskeyAlgorithm;
  /** True: backup eligible and backed up, and no signatures counted. */
  isSyncable?: boolean;
  /** Default: a new key and a random credential id. */
  fixed?: { privateKey: PrivateJwk; credentialId: string };
}

interface Overrides {
  type?: string;
  challenge?: string;
  origin?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  /** In place of the JSON of all the members above. */
  clientDataJSON?: Uint8Array;
  domain?: string;
  /** Bits of the flags to turn over: 1 UP, 4 UV, 8 BE, 16 BS, 64 AT, 128 ED. */
  flipFlags?: number;
  count?: number;
  credentialId?: string;
}

interface CreateOverrides extends Overrides {
  attestation?: 'none' | 'packed';
  transports?: string[];
}

interface GetOverrides extends Overrides {
  /** Null: the authenticator reports none. */
  userHandle?: string | null;
  /** Base64url, in place of the right one. */
  signature?: string;
  /** True: signs attested credential data, as in a registration. */
  isAttested?: boolean;
}

/** RegistrationResponseJSON (WebAuthn Level 3, 5.1). */
export interface RegistrationJson {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: string;
  clientExtensionResults: object;
  response: {
    clientDataJSON: string;
    attestationObject: string;
    authenticatorData: string;
    transports: string[];
    publicKeyAlgorithm: number;
  };
}

/** AuthenticationResponseJSON (WebAuthn Level 3, 5.1). */
export interface AssertionJson {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: string;
  clientExtensionResults: object;
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string;
  };
}

interface CreateOptions {
  challenge: string;
  rp: { id: string };
  user: { id: string };
}

interface GetOptions {
  challenge: string;
  rpId: string;
}

const ALGORITHMS = {
  ES256: { cose: -7, generate: { name: 'ECDSA', namedCurve: 'P-256' } },
  ES384: { cose: -35, generate: { name: 'ECDSA', namedCurve: 'P-384' } },
  EdDSA: { cose: -8, generate: { name: 'Ed25519' } },
  RS256: {
    cose: -257,
    generate: {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
  },
} as const;

const FLAG = { up: 0x01, uv: 0x04, be: 0x08, bs: 0x10, at: 0x40 };
const AAGUID = new Uint8Array(16);

/** An Ed25519 key (RFC 8037, appendix A), so that signatures over equal bytes are equal. */
export const FIXED_PASSKEY = {
  privateKey: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  credentialId: 'Zml4ZWQtcGFzc2tleS0xMQ',
} as const;

/** Holds one passkey; a second `create` registers the same one again. */
export function createAuthenticator({
  origin,
  domain,
  algorithm = 'ES256',
  isSyncable = false,
  fixed,
}: AuthenticatorOptions) {
  const { cose, generate } = ALGORITHMS[algorithm];
  const credentialId = fixed?.credentialId ?? randomId();
  let pair: Promise<KeyPair> | undefined;
  const keys = () => (pair ??= fixed ? importPair(fixed.privateKey, generate) : newPair(generate));
  let userHandle: string | null = null;
  let count = 0;

  const clientDataOf = (type: string, challenge: string, changed: Overrides) =>
    changed.clientDataJSON ??
    utf8(
      JSON.stringify({
        type: changed.type ?? type,
        challenge: changed.challenge ?? challenge,
        origin: changed.origin ?? origin,
        crossOrigin: changed.crossOrigin ?? false,
        ...(changed.topOrigin === undefined ? {} : { topOrigin: changed.topOrigin }),
      }),
    );

  async function authenticatorData(rpId: string, changed: Overrides, key?: Uint8Array) {
    count = changed.count ?? (isSyncable ? 0 : count + 1);
    const flags =
      FLAG.up | FLAG.uv | (isSyncable ? FLAG.be | FLAG.bs : 0) | (key === undefined ? 0 : FLAG.at);
    const id = base64url.decode(changed.credentialId ?? credentialId);
    return concat(
      await sha256(utf8(changed.domain ?? domain ?? rpId)),
      [flags ^ (changed.flipFlags ?? 0)],
      bigEndian(count, 4),
      ...(key === undefined ? [] : [AAGUID, bigEndian(id.length, 2), id, key]),
    );
  }

  async function sign(data: Uint8Array, clientData: Uint8Array): Promise<Uint8Array> {
    const { privateKey } = await keys();
    const hash = algorithm === 'ES384' ? 'SHA-384' : 'SHA-256';
    const signed = concat(data, await sha256(clientData));
    const raw = await crypto.subtle.sign({ name: generate.name, hash }, privateKey, signed);
    const signature = new Uint8Array(raw);
    return generate.name === 'ECDSA' ? derOf(signature) : signature;
  }

  const credential = (id: string) => ({
    id,
    rawId: id,
    type: 'public-key' as const,
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
  });

  return {
    credentialId,

    /** `navigator.credentials.create()`. `options`: the `publicKey` that the service sent. */
    async create(options: CreateOptions, changed: CreateOverrides = {}): Promise<RegistrationJson> {
      userHandle = options.user.id;
      const { publicKey } = await keys();
      const clientData = clientDataOf('webauthn.create', options.challenge, changed);
      const data = await authenticatorData(options.rp.id, changed, coseKey(publicKey, cose));
      const isPacked = changed.attestation === 'packed';
      const statement: [string, Uint8Array | number][] = isPacked
        ? [
            ['alg', cose],
            ['sig', await sign(data, clientData)],
          ]
        : [];
      const attestation = cborMap([
        ['fmt', isPacked ? 'packed' : 'none'],
        ['attStmt', new Map(statement)],
        ['authData', data],
      ]);
      return {
        ...credential(changed.credentialId ?? credentialId),
        response: {
          clientDataJSON: base64url.encode(clientData),
          attestationObject: base64url.encode(attestation),
          authenticatorData: base64url.encode(data),
          transports: changed.transports ?? (isSyncable ? ['hybrid', 'internal'] : ['internal']),
          publicKeyAlgorithm: cose,
        },
      };
    },

    /** `navigator.credentials.get()`. Answers the user handle of the last `create`. */
    async get(options: GetOptions, changed: GetOverrides = {}): Promise<AssertionJson> {
      const clientData = clientDataOf('webauthn.get', options.challenge, changed);
      const key = changed.isAttested ? coseKey((await keys()).publicKey, cose) : undefined;
      const data = await authenticatorData(options.rpId, changed, key);
      const handle = changed.userHandle === undefined ? userHandle : changed.userHandle;
      return {
        ...credential(changed.credentialId ?? credentialId),
        response: {
          clientDataJSON: base64url.encode(clientData),
          authenticatorData: base64url.encode(data),
          signature: changed.signature ?? base64url.encode(await sign(data, clientData)),
          ...(handle === null ? {} : { userHandle: handle }),
        },
      };
    },
  };
}

export type PasskeyAuthenticator = ReturnType<typeof createAuthenticator>;

type PrivateJwk = JWK & { kty: string };

interface KeyPair {
  privateKey: CryptoKey;
  publicKey: JWK;
}

type Generate = (typeof ALGORITHMS)[PasskeyAlgorithm]['generate'];

async function newPair(generate: Generate): Promise<KeyPair> {
  const pair = (await crypto.subtle.generateKey(generate, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const publicKey = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JWK;
  return { privateKey: pair.privateKey, publicKey };
}

async function importPair(jwk: PrivateJwk, generate: Generate): Promise<KeyPair> {
  const privateKey = await crypto.subtle.importKey('jwk', jwk, generate, false, ['sign']);
  return { privateKey, publicKey: jwk };
}

const randomId = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)));
const utf8 = (text: string) => new TextEncoder().encode(text);
const sha256 = async (bytes: Uint8Array) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

const concat = (...parts: (Uint8Array | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** ECDSA-Sig-Value (RFC 3279) of r ‖ s. */
export function derOf(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const least = [...bytes.subarray(start)];
    const value = (least[0] ?? 0) > 127 ? [0, ...least] : least;
    return [2, value.length, ...value];
  };
  const half = raw.length / 2;
  const body = [...integer(raw.subarray(0, half)), ...integer(raw.subarray(half))];
  return Uint8Array.from([0x30, body.length, ...body]);
}
