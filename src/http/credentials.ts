/** The access token of `Authorization: Bearer` (RFC 6750 2.1), or null. Never from the URL. */
export function bearerIn(headers: Headers): string | null {
  return /^Bearer +(.+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}

/** A cookie as it was set, or null: a token has one spelling, so nothing is decoded or unquoted. */
export function cookieIn(headers: Headers, name: string): string | null {
  for (const pair of (headers.get('Cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, Math.max(0, at)).trim() === name) return pair.slice(at + 1).trim() || null;
  }
  return null;
}
