/** How much of what goes through a mailbox is allowed, and how long it is good for. */
import type { Limit } from './throttle.ts';

const HOUR_SECONDS = 3600;

export const CODE_SECONDS = 600;
/** How long a browser stays a known one after a login. */
export const DEVICE_SECONDS = 180 * 86_400;
/** A name or address that is not proven within a day is free again. */
export const REGISTRATION_SECONDS = 86_400;

/** To one address. Registrations have a limit that nothing else draws on: its state is visible. */
export const REGISTRATIONS: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
export const CODES: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
export const LINKS: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };
export const NOTICES: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };

/** At the codes for one name (or of a known device): of any one code as long as it is good. */
export const TRIES: Limit = { attempts: 5, windowSeconds: CODE_SECONDS };

/**
 * A link lives as long as its letter counts against the limit: an owner whose limit was used up by
 * strangers has a good link from each of these letters.
 */
export const LINK_SECONDS = LINKS.windowSeconds;
/** Codes of one address that are good at the same moment: new registrations', and renewed ones. */
export const MAX_LIVE_CODES = REGISTRATIONS.attempts + CODES.attempts;
