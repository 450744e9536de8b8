/**
 * Where a sign-in leads. An open redirect would lend our name to someone else's page (ASVS 5.0
 * V3.7.2), so a target is a path of our own or an address of a listed origin, and nothing else.
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
    // Written anew by the parser, which has resolved what dots would have hidden.
    const path = url.pathname + url.search + url.hash;
    return url.origin === new URL(own).origin && !path.startsWith('//') ? path : null;
  }
  return allowedOrigins.includes(url.origin) ? url.href : null;
}
