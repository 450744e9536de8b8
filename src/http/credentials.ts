/** The access token of `Authorization: Bearer` (RFC 6750 2.1), or null. Never from the URL. */
export function bearerIn(headers: Headers): string | null {
  return /^Bearer +(.+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}
