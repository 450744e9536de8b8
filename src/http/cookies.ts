/**
 * Cookies that go along whatever the contract: the device cookie, and the handle of a registration
 * (clients without cookies send it in the field `registration`). `__Host-`: no other host, not even
 * a sibling of the same site, can plant one (RFC 6265bis 4.1.3.2). Strict: no other site makes
 * attempts with it.
 */
import type { Operation, ValueOf } from '../flows/operations.ts';
import type { NewDeviceCookie, RegistrationAccepted } from '../flows/model/outcome.ts';
import { DEVICE_SECONDS, REGISTRATION_SECONDS } from '../policy/allowances.ts';

export const DEVICE_COOKIE = '__Host-gh-device';
export const REGISTRATION_COOKIE = '__Host-gh-registration';

const cookie = (name: string, value: string, seconds: number) =>
  `${name}=${value}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${seconds}`;

/** Null: this deployment issues none. */
const deviceCookie = ({ deviceCookie: value }: NewDeviceCookie) =>
  value === null ? null : cookie(DEVICE_COOKIE, value, DEVICE_SECONDS);

const registrationCookie = ({ handle }: RegistrationAccepted) =>
  cookie(REGISTRATION_COOKIE, handle, REGISTRATION_SECONDS);

/** Exactly the operations whose value holds a device or a handle. */
type GrantedCookies = {
  readonly [
    O in Operation as ValueOf<O> extends NewDeviceCookie | RegistrationAccepted ? O : never
  ]: (value: ValueOf<O>) => string | null;
};

const GRANTED_COOKIES: GrantedCookies = {
  login: deviceCookie,
  'second-factor': deviceCookie,
  register: (value) => ('handle' in value ? registrationCookie(value) : deviceCookie(value)),
  'verify-email': deviceCookie,
  'change-password': deviceCookie,
  'verify-factor': deviceCookie,
  'passkey-login': deviceCookie,
};

/** The cookie that goes with what an operation has granted, besides the contract's own. */
export function grantedCookie(name: Operation, value: unknown): string | null {
  return name in GRANTED_COOKIES ? GRANTED_COOKIES[name as 'login'](value as never) : null;
}

/** Reads a cookie as it was set, or null: a token has one spelling, so nothing is decoded or unquoted. */
export function cookieIn(headers: Headers, name: string): string | null {
  for (const pair of (headers.get('Cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, Math.max(0, at)).trim() === name) return pair.slice(at + 1).trim() || null;
  }
  return null;
}
