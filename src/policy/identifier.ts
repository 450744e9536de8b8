/**
 * Normalises identifiers: case-insensitive and NFC, so that one name typed on two keyboards is one
 * name. NFC is applied again at the end, since lower-casing can decompose a letter.
 */

export type Identifier =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'username'; readonly value: string };

export function normalise(identifier: Identifier): Identifier {
  const value = identifier.value.normalize('NFC').toLowerCase().normalize('NFC');
  return { kind: identifier.kind, value };
}

/**
 * Masks an identifier for the log: enough to recognise one's own test account, too little to contact
 * anyone. The length of the hidden part is not disclosed.
 */
export function maskIdentifier({ kind, value }: Identifier): string {
  const at = value.lastIndexOf('@');
  const local = kind === 'email' && at >= 0 ? value.slice(0, at) : value;
  const first = local.length > 2 ? [...local][0] : '';
  return kind === 'email' && at >= 0
    ? `${first}***@${maskDomain(value.slice(at + 1))}`
    : `${first}***`;
}

function maskDomain(domain: string): string {
  const dot = domain.lastIndexOf('.');
  return dot > 0 ? `***${domain.slice(dot)}` : '***';
}
