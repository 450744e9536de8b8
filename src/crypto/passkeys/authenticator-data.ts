import { readCbor, type CborMap } from './cbor.ts';
import { check } from './flaw.ts';

/** Authenticator data (WebAuthn Level 3, 6.1). */
export interface AuthenticatorData {
  /** SHA-256 of the RP id. */
  domainHash: Uint8Array;
  isUserPresent: boolean;
  isUserVerified: boolean;
  /** Backup eligible: the private key may be copied to other devices of its owner. */
  isSyncable: boolean;
  signCount: number;
  /** Null: none, as in an assertion. */
  attested: { credentialId: Uint8Array; publicKey: CborMap } | null;
}

const FLAGS = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40, ED: 0x80 };
const HASH_BYTES = 32;
const AAGUID_BYTES = 16;
/** Section 4, "Credential ID", and 7.1. */
const CREDENTIAL_ID_BYTES = { least: 16, most: 1023 };

/** Reads every byte or throws a Flaw. Extensions are read and ignored: none was asked for. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  let rest = bytes;
  const take = (length: number) => {
    check(length <= rest.length, 'malformed');
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  const takeMap = () => {
    const { value, length } = readCbor(rest);
    check(value instanceof Map, 'malformed');
    rest = rest.subarray(length);
    return value;
  };

  const domainHash = take(HASH_BYTES);
  const [flags = 0] = take(1);
  const has = (flag: number) => (flags & flag) !== 0;
  // A key that is backed up and cannot be (6.1.3): one of the two bits is wrong.
  check(has(FLAGS.BE) || !has(FLAGS.BS), 'malformed');
  const signCount = toNumber(take(4));
  let attested: AuthenticatorData['attested'] = null;
  if (has(FLAGS.AT)) {
    take(AAGUID_BYTES);
    const length = toNumber(take(2));
    const { least, most } = CREDENTIAL_ID_BYTES;
    check(length >= least && length <= most, 'malformed');
    attested = { credentialId: take(length), publicKey: takeMap() };
  }
  if (has(FLAGS.ED)) takeMap();
  check(rest.length === 0, 'malformed');
  return {
    domainHash,
    isUserPresent: has(FLAGS.UP),
    isUserVerified: has(FLAGS.UV),
    isSyncable: has(FLAGS.BE),
    signCount,
    attested,
  };
}

/** Big endian. */
const toNumber = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte) => value * 256 + byte, 0);
