/** Limits and lifetimes of codes, links, notices, registrations and device cookies. */
import type { Limit } from './throttle.ts';

const HOUR_SECONDS = 3600;

export const CODE_SECONDS = 600;
/** Of a code that hands a session over: RFC 6749 4.1.2 allows ten minutes at most. */
export const AUTHORIZATION_CODE_SECONDS = 60;
/** Lifetime of a device cookie. */
export const DEVICE_SECONDS = 180 * 86_400;
/** Lifetime of a registration without a verified address. */
export const REGISTRATION_SECONDS = 86_400;

/** Per mailbox. Registrations have a limit of their own, since clients can observe its state. */
export const REGISTRATIONS: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
export const CODES: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
export const LINKS: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };
export const NOTICES: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };

/** E-mails about sign-ins on devices that are not known. */
export const SIGN_INS: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
/** Lifetime of the link in such an e-mail, which its owner may read the next morning. */
export const REVOCATION_SECONDS = 86_400;

/** Tries at the codes counted under one key (rate-limit-keys.ts), over the lifetime of one code. */
export const TRIES: Limit = { attempts: 5, windowSeconds: CODE_SECONDS };

/**
 * A link lives as long as its e-mail counts against the limit: an owner whose limit was used up by
 * strangers holds a valid link from each of these e-mails.
 */
export const LINK_SECONDS = LINKS.windowSeconds;
/** Maximum number of valid codes of one address: of new registrations, and renewed ones. */
export const MAX_LIVE_CODES = REGISTRATIONS.attempts + CODES.attempts;
