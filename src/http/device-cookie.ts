/**
 * The device cookie on the wire. `__Host-`: no other host, not even a sibling of the same site,
 * can plant one (RFC 6265bis 4.1.3.2). Strict: no other site makes attempts with it.
 */
import type { NewDeviceCookie } from '../flows/model/outcome.ts';
import { DEVICE_SECONDS } from '../policy/allowances.ts';
import { cookieIn } from './credentials.ts';

export const DEVICE_COOKIE = '__Host-gh-device';
const ATTRIBUTES = `Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${DEVICE_SECONDS}`;

/** None where this deployment gives none. */
export const deviceCookies = ({ device }: NewDeviceCookie): readonly string[] =>
  device === null ? [] : [`${DEVICE_COOKIE}=${device}; ${ATTRIBUTES}`];

export const deviceCookieIn = (headers: Headers) => cookieIn(headers, DEVICE_COOKIE);
