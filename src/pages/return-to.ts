/** The address that a page leads back to, and the transfer of a session to an application there. */
import type { Contract } from '../contracts/contract.ts';
import { operationsOf } from '../contracts/routes.ts';
import type { SessionTransfer } from './page-data.ts';

interface ReturnTarget {
  /** Null: none was asked for, or it is refused. */
  returnTo: string | null;
  transfer: SessionTransfer | null;
  /** The reason for which the page does not lead back, for the makers of the application. */
  returnRefused: string | null;
}

const MAX_STATE_LENGTH = 1_000;

const refuse = (returnRefused: string): ReturnTarget => ({
  returnTo: null,
  transfer: null,
  returnRefused,
});

/**
 * Reads `return_to`, and the parameters of PKCE (RFC 7636 4.3). To another origin a page whose tokens
 * travel in bodies leads back with a code alone: without one the application would learn nothing.
 */
export function readReturn(
  url: URL,
  { allowedOrigins, contract }: { allowedOrigins: readonly string[]; contract: Contract },
): ReturnTarget {
  const query = url.searchParams;
  const wanted = query.get('return_to');
  const returnTo = returnTarget(wanted, url.href, allowedOrigins);
  if (wanted !== null && returnTo === null) {
    return refuse('return_to is neither a path here nor at an origin of ALLOWED_ORIGINS.');
  }
  const isElsewhere = returnTo !== null && !returnTo.startsWith('/');
  if (!isElsewhere || !operationsOf(contract).includes('issue-authorization-code')) {
    return { returnTo, transfer: null, returnRefused: null };
  }
  const codeChallenge = query.get('code_challenge') ?? '';
  const state = query.get('state');
  if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(codeChallenge)) {
    return refuse('return_to needs code_challenge, with code_challenge_method=S256 (RFC 7636).');
  }
  if ((state ?? '').length > MAX_STATE_LENGTH) return refuse('state is too long.');
  return { returnTo, transfer: { codeChallenge, state }, returnRefused: null };
}

/**
 * Validates `return_to` against open redirects (ASVS 5.0 V3.7.2): a path of this origin, or a URL of
 * an allowed origin. Returns null for everything else.
 */
export function returnTarget(
  wanted: string | null | undefined,
  own: string,
  allowedOrigins: readonly string[],
): string | null {
  if (!wanted || wanted.length > 2000 || /[\\\p{Cc}\p{Zs}]/u.test(wanted)) return null;
  if (!/^(?:\/(?!\/)|https?:\/\/)/.test(wanted) || !URL.canParse(wanted, own)) return null;
  const url = new URL(wanted, own);
  if (url.username !== '' || url.password !== '') return null;
  if (wanted.startsWith('/')) {
    // Serialised by the parser, after `..` and `.` are resolved.
    const path = url.pathname + url.search + url.hash;
    return url.origin === new URL(own).origin && !path.startsWith('//') ? path : null;
  }
  return allowedOrigins.includes(url.origin) ? url.href : null;
}
