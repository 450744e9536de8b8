/**
 * Identifiers compare without case and in one normal form, so that one name typed on two keyboards
 * is one name. NFC comes last as well: lower-casing can take a composed letter apart.
 */

export type Identifier =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'username'; readonly value: string };

export function normalised(identifier: Identifier): Identifier {
  const value = identifier.value.normalize('NFC').toLowerCase().normalize('NFC');
  return { kind: identifier.kind, value };
}

/**
 * What a log may show: enough to recognise one's own test account, too little to contact anyone.
 * The length of the hidden part is not kept.
 */
export function masked({ kind, value }: Identifier): string {
  const at = value.lastIndexOf('@');
  const local = kind === 'email' && at >= 0 ? value.slice(0, at) : value;
  const first = local.length > 2 ? [...local][0] : '';
  return kind === 'email' && at >= 0
    ? `${first}***@${maskedDomain(value.slice(at + 1))}`
    : `${first}***`;
}

function maskedDomain(domain: string): string {
  const dot = domain.lastIndexOf('.');
  return dot > 0 ? `***${domain.slice(dot)}` : '***';
}
