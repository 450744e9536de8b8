/** Compares domains: those of frontends with the API's, and the sender's with the pages'. Looks for our name. */
import type { Settings } from '../../src/settings.ts';
import { error, note, type Finding } from './finding.ts';

/**
 * Suffixes below which strangers register. The browsers' list (publicsuffix.org) has ten thousand; these are
 * those under which frontends and login domains are likely.
 */
const COUNTRY_SUFFIX = /^(?:ac|co|com|edu|gov|ne|net|or|org)\.[a-z]{2}$/;
const HOSTING_SUFFIXES = new Set(
  'workers.dev pages.dev vercel.app netlify.app web.app firebaseapp.com github.io gitlab.io herokuapp.com onrender.com fly.dev deno.dev azurewebsites.net cloudfront.net'.split(
    ' ',
  ),
);

/** The registrable domain of a host: the part that browsers compare for SameSite; a host without one is its own. */
export function siteOf(hostname: string): string {
  if (/^[\d.]+$|^\[/.test(hostname)) return hostname;
  const labels = hostname.split('.').filter(Boolean);
  const lastTwo = labels.slice(-2).join('.');
  const isSuffix = COUNTRY_SUFFIX.test(lastTwo) || HOSTING_SUFFIXES.has(lastTwo);
  return labels.slice(isSuffix ? -3 : -2).join('.');
}

const isSameSite = (one: URL, other: URL) =>
  one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname);

/** Browsers send SameSite cookies to the API from pages of its own site alone. */
export function checkOrigins({ contracts, allowedOrigins, hosts, mail }: Settings): Finding[] {
  const apis = [mail.pagesOrigin, ...[...hosts.keys()].map((host) => `https://${host}`)];
  const withCookies = contracts.filter(
    ({ access, refresh }) => access.in === 'cookie' || refresh?.in === 'cookie',
  );
  const names = withCookies.map(({ name }) => name).join(', ');
  // Frontends elsewhere may use the contracts whose tokens travel in bodies.
  const level = withCookies.length === contracts.length ? error : note;
  return allowedOrigins.flatMap((origin) => {
    const url = new URL(origin);
    if (url.protocol !== 'https:') {
      const remedy = 'Name its https origin; local frontends belong into .dev.vars';
      return [note(`ALLOWED_ORIGINS, ${origin}`, 'is not https', remedy)];
    }
    if (names === '' || apis.some((api) => isSameSite(url, new URL(api)))) return [];
    const problem = `is another site than ${new URL(mail.pagesOrigin).host}, so browsers keep the cookies of ${names} back`;
    return [
      level(`ALLOWED_ORIGINS, ${origin}`, problem, 'Serve both below one registrable domain'),
    ];
  });
}

/** A key that is no host name as requests have it would match none of them. */
export const checkHosts = ({ hosts }: Settings): Finding[] =>
  [...hosts.keys()].flatMap((host) =>
    URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host
      ? []
      : error(
          `CONTRACT_HOSTS, ${host}`,
          'is not a host name',
          'Write it without scheme, path and slash, as "login.example.com"',
        ),
  );

/** Receivers compare the sender's domain with the links' and with its DNS records (DMARC). */
export function checkSender({ mail }: Settings): Finding[] {
  const { hostname } = new URL(mail.pagesOrigin);
  const domain = mail.from.email.replace(/^.*@/, '').toLowerCase();
  const isOwn = hostname === domain || hostname.endsWith(`.${domain}`);
  return [
    ...(isOwn
      ? []
      : [
          note(
            'MAIL.from',
            `${domain} is neither ${hostname} nor a domain above it`,
            'Send from the domain of the pages, so that links and sender agree',
          ),
        ]),
    ...(mail.transport.kind === 'binding'
      ? [
          note(
            'MAIL.from',
            `whether ${domain} may send cannot be seen from here`,
            `\`npx wrangler email sending list\` has to name it, or onboard it with \`npx wrangler email sending enable ${domain}\``,
          ),
        ]
      : []),
  ];
}

/** Users would read our name in place of the operator's. */
export const checkBrand = ({ brand, mail }: Settings): Finding[] =>
  Object.entries({ 'BRAND.name': brand.name, 'MAIL.from': mail.from.name }).flatMap(
    ([place, name]) =>
      name === 'Gatehouse'
        ? note(place, 'names Gatehouse on pages or in e-mails', 'Give the name of your service')
        : [],
  );
