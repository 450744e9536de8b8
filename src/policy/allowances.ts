/** How much of what goes through a mailbox is allowed, and how long it is good for. */
import type { Limit } from './throttle.ts';

const HOUR_SECONDS = 3600;

export const CODE_SECONDS = 600;
export const LINK_SECONDS = 1800;
/** How long a browser stays a known one after a login. */
export const DEVICE_SECONDS = 180 * 86_400;
/** A name or address that is not proven within a day is free again. */
export const REGISTRATION_SECONDS = 86_400;

/** To one address. */
export const CODES: Limit = { attempts: 5, windowSeconds: HOUR_SECONDS };
export const LINKS: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };
export const NOTICES: Limit = { attempts: 3, windowSeconds: HOUR_SECONDS };

/** At the codes for one name (or of a known device): of any one code as long as it is good. */
export const TRIES: Limit = { attempts: 5, windowSeconds: CODE_SECONDS };
