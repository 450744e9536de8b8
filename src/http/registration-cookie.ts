/**
 * The registration handle as a cookie, with the attributes of the device cookie and for the same
 * reasons. Clients that keep no cookies send the field `registration` back instead.
 */
import type { RegistrationAccepted } from '../flows/model/outcome.ts';
import { REGISTRATION_SECONDS } from '../policy/allowances.ts';
import { cookieIn } from './credentials.ts';

export const REGISTRATION_COOKIE = '__Host-gh-registration';
const ATTRIBUTES = `Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${REGISTRATION_SECONDS}`;

export const registrationCookies = ({ handle }: RegistrationAccepted): readonly string[] => [
  `${REGISTRATION_COOKIE}=${handle}; ${ATTRIBUTES}`,
];

export const registrationCookieIn = (headers: Headers) => cookieIn(headers, REGISTRATION_COOKIE);
