/**
 * All keys under which attempts are counted, besides the client's bare address; each is one Durable
 * Object. A changed key starts a new count.
 */
export const emailsCausedBy = (address: string) => `e-mail of ${address}` as const;
export const ALL_EMAILS = 'e-mail in total';
export const operatorAt = (address: string) => `operator ${address}` as const;

export const codesTo = (email: string) => `codes to ${email}` as const;
export const linksTo = (email: string) => `links to ${email}` as const;
export const noticesTo = (email: string) => `notices to ${email}` as const;
export const signInsOf = (email: string) => `sign-ins of ${email}` as const;
export const registrationsOf = (email: string) => `registrations of ${email}` as const;
/** `lockoutKey`: of the name, the known device or the registration whose codes are tried. */
export const codeTriesAt = (lockoutKey: string) => `tries at ${lockoutKey}` as const;
export const emailChangeTriesOf = (accountKey: string) =>
  `tries at change-email of ${accountKey}` as const;

/** A key of `Limits.consume`; the two of e-mail in general go through `consumeAddress`. */
export type RateLimitKey = ReturnType<
  | typeof operatorAt
  | typeof codesTo
  | typeof linksTo
  | typeof noticesTo
  | typeof signInsOf
  | typeof registrationsOf
  | typeof codeTriesAt
  | typeof emailChangeTriesOf
>;
