/** The refusals of the verifier. */
import { errors } from 'jose';

export type VerifyErrorCode =
  | 'malformed'
  | 'wrong-kind'
  | 'unknown-key'
  | 'wrong-signature'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'expired'
  | 'unavailable';

/** Quotes neither the token nor its claims, so that it may be logged. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly code: VerifyErrorCode;
  /** The status to answer with: 503 where the login service was not reached, else 401. */
  readonly status: 401 | 503;

  constructor(code: VerifyErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.code = code;
    this.status = code === 'unavailable' ? 503 : 401;
  }
}

const MESSAGES: Record<VerifyErrorCode, string> = {
  malformed: 'The token is not an access token of Gatehouse',
  'wrong-kind': 'The token is of another kind: a refresh token, or of another contract',
  'unknown-key': 'The token is signed with a key that the issuer does not publish',
  'wrong-signature': 'The signature of the token is wrong',
  'wrong-issuer': 'The token is of another issuer',
  'wrong-audience': 'The token is for another audience',
  expired: 'The token has expired',
  unavailable: 'The login service could not be asked',
};

const CODES: Readonly<Record<string, VerifyErrorCode>> = {
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'wrong-signature',
  ERR_JWKS_NO_MATCHING_KEY: 'unknown-key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'unknown-key',
  ERR_JOSE_ALG_NOT_ALLOWED: 'unknown-key',
  ERR_JOSE_NOT_SUPPORTED: 'malformed',
  ERR_JWS_INVALID: 'malformed',
  ERR_JWT_INVALID: 'malformed',
};

const CLAIMS: Readonly<Record<string, VerifyErrorCode>> = {
  typ: 'wrong-kind',
  iss: 'wrong-issuer',
  aud: 'wrong-audience',
};

/** Translates an error of jose; any other is one of the network. */
export function verifyError(cause: unknown): VerifyError {
  if (cause instanceof VerifyError) return cause;
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return new VerifyError(CLAIMS[cause.claim] ?? 'malformed');
  }
  const code = cause instanceof errors.JOSEError ? CODES[cause.code] : undefined;
  return code === undefined ? new VerifyError('unavailable', { cause }) : new VerifyError(code);
}
