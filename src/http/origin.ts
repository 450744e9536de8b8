/**
 * Keeps other sites from using a visitor's cookie (CSRF). SameSite=Strict does that already where
 * browsers are new and the site is one host; this holds without it (ASVS 5.0 V3.5.1).
 */

/** `unknown`: neither header is there, as with clients other than browsers. */
export type RequestSite = 'own' | 'foreign' | 'unknown';

/** The site that caused a request, by `Origin` or else `Sec-Fetch-Site`: no script can set either. */
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
