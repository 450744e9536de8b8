/** A Markdown table, padded for a terminal; the first column is aligned left. */
export function table(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, column) => '-'.repeat(column === 0 ? width : width - 1));
  return [line(head), line(rule.map((dashes, column) => (column === 0 ? dashes : `${dashes}:`)))]
    .concat(rows.map(line))
    .join('\n');
}

/** Three significant digits or so. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
