/** Writes tables as CSV (RFC 4180), safe to open in a spreadsheet. */

/**
 * A spreadsheet evaluates a cell that begins like a formula: an apostrophe before it makes it text
 * (OWASP, CSV Injection).
 */
function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = /^\s*[=+\-@]|^[\t\r\n]/.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
