/** Settings that follow from the origin of the pages: the sender of e-mails, and passkeys. */
import type { Brand } from './brand-settings.ts';
import type { EmailLinks } from './email-link-settings.ts';
import type { MailSettings } from './mail/mailer.ts';
import type { PasskeyPolicy } from './policy/passkeys.ts';
import { DOMAIN } from './setting-kinds.ts';

interface MailValues {
  transport: 'binding' | 'resend';
  from?: { name?: string | undefined; email: string } | undefined;
}

export function mailSettings(
  { transport, from }: MailValues,
  {
    brand,
    links,
    pagesOrigin,
    key,
  }: { brand: Brand; links: EmailLinks; pagesOrigin: string; key: string },
): MailSettings {
  return {
    brand,
    links,
    pagesOrigin,
    from: {
      name: from?.name ?? brand.name,
      email: from?.email ?? `no-reply@${new URL(pagesOrigin).hostname}`,
    },
    transport: transport === 'resend' ? { kind: transport, key } : { kind: transport },
  };
}

interface PasskeyValues {
  offered: boolean;
  domain?: string | undefined;
  deviceBound: PasskeyPolicy['deviceBound'];
}

interface PasskeySettings {
  policy: PasskeyPolicy;
  /** The relying party's id: every passkey is bound to it. */
  domain: string;
  /** Origins whose pages may ask for a passkey. */
  origins: readonly string[];
}

/** The reason why no browser would make a passkey for these settings, or null. */
export function passkeySettingsFlaw(
  { offered, domain }: PasskeyValues,
  pagesOrigin: string,
): string | null {
  if (!offered || !URL.canParse(pagesOrigin)) return null;
  const { hostname } = new URL(pagesOrigin);
  if (!DOMAIN.test(hostname)) return 'are offered, and PAGES_ORIGIN has no domain name';
  if (domain === undefined || isWithin(hostname, domain)) return null;
  return 'domain is neither the host of PAGES_ORIGIN nor a parent domain of it';
}

/**
 * Local development starts with flaws: a domain that does not fit gives way to the host of the pages, and
 * at an IP address no passkey is offered.
 */
export function passkeySettings(
  { offered, domain, deviceBound }: PasskeyValues,
  { pagesOrigin, allowedOrigins }: { pagesOrigin: string; allowedOrigins: readonly string[] },
): PasskeySettings {
  const { hostname } = new URL(pagesOrigin);
  return {
    policy: { isOffered: offered && DOMAIN.test(hostname), deviceBound },
    domain: domain !== undefined && isWithin(hostname, domain) ? domain : hostname,
    origins: [...new Set([pagesOrigin, ...allowedOrigins])],
  };
}

/** Tells whether a page at the address may ask for passkeys: elsewhere no browser would give it one. */
export const offersPasskeysAt = (
  { policy, domain, origins }: PasskeySettings,
  { origin, hostname }: URL,
): boolean => policy.isOffered && origins.includes(origin) && isWithin(hostname, domain);

/** A single label is no parent domain, since browsers take it for a public suffix. */
const isWithin = (hostname: string, domain: string) =>
  hostname === domain || (domain.includes('.') && hostname.endsWith(`.${domain}`));
