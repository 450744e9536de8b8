/**
 * The device cookie on the wire. `__Host-`: no other host, not even a sibling of the same site,
 * can plant one (RFC 6265bis 4.1.3.2). Strict: no other site makes attempts with it.
 */
import { parse } from 'hono/utils/cookie';
import { DEVICE_SECONDS } from '../policy/allowances.ts';

export const DEVICE_COOKIE = '__Host-gh-device';
const ATTRIBUTES = `Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${DEVICE_SECONDS}`;

export const deviceCookie = (value: string) => `${DEVICE_COOKIE}=${value}; ${ATTRIBUTES}`;

export function deviceCookieIn(headers: Headers): string | null {
  const cookies = headers.get('Cookie');
  return cookies === null ? null : (parse(cookies, DEVICE_COOKIE)[DEVICE_COOKIE] ?? null);
}
