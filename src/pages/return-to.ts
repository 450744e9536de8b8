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
