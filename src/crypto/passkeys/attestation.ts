import { sha256 } from '../digest.ts';
import { readAuthenticatorData, type AuthenticatorData } from './authenticator-data.ts';
import { concatBytes } from './bytes.ts';
import { readCborMap, type CborMap } from './cbor.ts';
import { check } from './flaw.ts';
import { COSE_ALG, verifySignature } from './public-keys.ts';

/** Attestation object (WebAuthn Level 3, 6.5.4). */
export interface Attestation {
  format: string;
  statement: CborMap;
  bytes: Uint8Array;
  data: AuthenticatorData & { attested: NonNullable<AuthenticatorData['attested']> };
}

/** The registered formats (IANA, "WebAuthn Attestation Statement Format Identifiers"). */
const FORMATS = /^(?:none|packed|tpm|android-key|android-safetynet|fido-u2f|apple|compound)$/;

/** Throws a Flaw. */
export function readAttestation(object: Uint8Array): Attestation {
  const members = readCborMap(object);
  const [format, statement, bytes] = ['fmt', 'attStmt', 'authData'].map((key) => members.get(key));
  check(members.size === 3 && typeof format === 'string' && FORMATS.test(format), 'malformed');
  check(statement instanceof Map && bytes instanceof Uint8Array, 'malformed');
  const { attested, ...data } = readAuthenticatorData(bytes);
  check(attested !== null, 'malformed');
  return { format, statement, bytes, data: { ...data, attested } };
}

/**
 * Verifies the statements that need no root of trust: an empty one under `none` (8.7), and the
 * signature of a self attestation (8.2). Others are not looked at: the options ask for none, and they
 * would name the model of the authenticator, not its owner. Throws a Flaw.
 */
export async function verifyStatement(
  { format, statement, bytes, data }: Attestation,
  storedKey: string,
  clientData: Uint8Array,
): Promise<void> {
  if (format === 'none') check(statement.size === 0, 'malformed');
  if (format !== 'packed' || statement.has('x5c')) return;
  const signature = statement.get('sig');
  const isSelf = statement.get('alg') === data.attested.publicKey.get(COSE_ALG);
  check(statement.size === 2 && isSelf && signature instanceof Uint8Array, 'malformed');
  const signed = concatBytes(bytes, await sha256(clientData));
  check(await verifySignature(storedKey, signature, signed), 'wrong-signature');
}
