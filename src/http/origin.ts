/**
 * Keeps other sites from using a visitor's cookie (CSRF). SameSite=Strict does that already where
 * browsers are new and the site is one host; this holds without it (ASVS 5.0 V3.5.1).
 */

/** Who is no browser sends neither header, and has no cookie that is not its own. */
export function isOwnRequest(
  headers: Headers,
  url: string,
  allowedOrigins: readonly string[],
): boolean {
  const origin = headers.get('Origin');
  if (origin !== null) return origin === new URL(url).origin || allowedOrigins.includes(origin);
  const site = headers.get('Sec-Fetch-Site');
  return site === null || site === 'same-origin' || site === 'none';
}
