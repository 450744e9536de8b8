/**
 * Keeps other sites from using a user's cookie (CSRF). SameSite=Strict does that in current browsers
 * for a site of one host; this check does not depend on it (ASVS 5.0 V3.5.1).
 */

/** `unknown`: neither header was sent, as by clients other than browsers. */
type RequestSite = 'own' | 'foreign' | 'unknown';

/** Tells the site that caused a request, by `Origin` or else `Sec-Fetch-Site`: no script can set either. */
export function requestSite(
  headers: Headers,
  url: string,
  allowedOrigins: readonly string[],
): RequestSite {
  const origin = headers.get('Origin');
  if (origin !== null) {
    return origin === new URL(url).origin || allowedOrigins.includes(origin) ? 'own' : 'foreign';
  }
  const site = headers.get('Sec-Fetch-Site');
  if (site === null) return 'unknown';
  return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
}
