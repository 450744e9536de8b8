/**
 * The address that an attempt counts against.
 *
 * Only CF-Connecting-IP: Cloudflare sets it and strips what the caller sent. X-Forwarded-For and
 * its kin are the caller's own words (ASVS 5.0 V4.1.3). An IPv6 customer holds a whole /64 and
 * may use every address of it, so the /64 is what counts.
 */

/** Requests without an address share one limit: none is no way around it. */
const UNKNOWN = 'unknown';

export function addressOf(headers: Headers): string {
  return networkOf(headers.get('CF-Connecting-IP') ?? '');
}

export function networkOf(address: string): string {
  if (!address.includes(':')) return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address : UNKNOWN;
  // Anything else would let the URL parser read user names, paths and ports into it.
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return UNKNOWN;
  // The URL parser writes every spelling of an address in one way (RFC 5952).
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical);
  if (mapped?.[1] && mapped[2]) return dotted(mapped[1]) + '.' + dotted(mapped[2]);
  const [head = '', tail] = canonical.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - groups.length - last.length).fill('0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

/** Sixteen bits as two parts of a dotted quad. */
function dotted(group: string): string {
  const bits = Number.parseInt(group, 16);
  return `${bits >> 8}.${bits & 255}`;
}
