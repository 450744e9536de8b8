/**
 * The address that an attempt counts against.
 *
 * It is read from CF-Connecting-IP alone: Cloudflare sets this header and removes the client's.
 * X-Forwarded-For and the like can be forged (ASVS 5.0 V4.1.3). An IPv6 customer may use every
 * address of a /64, so the /64 counts as one address.
 */

/** Requests without an address share one limit, so that leaving it out is no way around limits. */
const UNKNOWN = 'unknown';

export function addressOf(headers: Headers): string {
  return networkOf(headers.get('CF-Connecting-IP') ?? '');
}

export function networkOf(address: string): string {
  if (!address.includes(':')) return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address : UNKNOWN;
  // The URL parser would read user names, paths and ports into anything else.
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return UNKNOWN;
  // The URL parser normalises every spelling of an address (RFC 5952).
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical);
  if (mapped?.[1] && mapped[2]) return dotted(mapped[1]) + '.' + dotted(mapped[2]);
  const [head = '', tail] = canonical.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - groups.length - last.length).fill('0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

/** Formats sixteen bits as two parts of a dotted quad. */
function dotted(group: string): string {
  const bits = Number.parseInt(group, 16);
  return `${bits >> 8}.${bits & 255}`;
}
