/** The HTTP request as the use cases see it. */
export interface RequestMeta {
  traceId: string;
  /** The client's IP address. */
  address: string;
  userAgent: string | null;
  /** BCP 47: the one of the languages offered that the client likes best. */
  language: string;
  /** Browser and system of the user agent, for people. */
  browser: string;
  /** The device cookie as it was sent: unverified. */
  device: string | null;
  /** The registration cookie as it was sent: unverified. */
  registration: string | null;
}

/** Tokens that a request has in its body. */
export interface SentTokens {
  token?: string | undefined;
  refreshToken?: string | undefined;
}
