/**
 * Reads a file of users record by record, in constant memory: CSV with a header line (RFC 4180), or
 * JSON lines, by its extension (.csv, .jsonl, .ndjson, .json) or else by its first character.
 */
import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { parse, type CsvError } from 'csv-parse';

interface Position {
  line: number;
  /** Read of the file so far. */
  bytes: number;
}

/** A record, or why it cannot be read. */
export type Read = Position & ({ fields: Map<string, unknown> } | { fault: string });

/** A longer record is a quote that was not closed. */
const LONGEST_RECORD = 65_536;
const CHUNK_BYTES = 65_536;

export const sizeOf = (file: string): number => statSync(file).size;

export const readRecords = (file: string): AsyncGenerator<Read> =>
  isJsonLines(file) ? readJsonLines(file) : readCsv(file);

export function isJsonLines(file: string): boolean {
  if (/\.(jsonl|ndjson|json)$/i.test(file)) return true;
  if (/\.csv$/i.test(file)) return false;
  const start = Buffer.alloc(64);
  const handle = openSync(file, 'r');
  readSync(handle, start);
  closeSync(handle);
  return /^(?:\u{FEFF})?\s*[[{]/u.test(start.toString('utf8'));
}

async function* readCsv(file: string): AsyncGenerator<Read> {
  const skipped: { line: number; fault: string }[] = [];
  let lastSkipped = 0;
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_RECORD,
    on_skip: (error: CsvError | undefined) => {
      const line = Number(error?.['lines'] ?? 0);
      // The parser reports a record that is too long once for each piece of it.
      if (line === lastSkipped) return;
      lastSkipped = line;
      skipped.push({ line, fault: faults[error?.code ?? ''] ?? 'is not CSV' });
    },
  });
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: string[] | null = null;
  let line = 1;
  for await (const { record, info } of parser as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>) {
    const bytes = source.bytesRead;
    for (const { line, fault } of skipped.splice(0)) yield { line, fault, bytes };
    if (header === null) header = record.map((name) => name.trim().toLowerCase());
    else if (record.length !== header.length) {
      const fault = `has ${record.length} cells, where the header has ${header.length}`;
      yield { line, fault, bytes };
    } else yield { line, fields: fieldsOf(header, record), bytes };
    line = info.lines + 1;
  }
  for (const { line, fault } of skipped) yield { line, fault, bytes: source.bytesRead };
  if (header === null) yield { line: 1, fault: 'there is no header line', bytes: 0 };
}

const faults: Record<string, string> = {
  CSV_MAX_RECORD_SIZE: 'is too long; a quote may not be closed',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that has none around it',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
};

/** Leaves out empty cells, and removes the export's escape of formulas. */
function fieldsOf(header: readonly string[], record: readonly string[]): Map<string, unknown> {
  const cells = header.map((name, n) => [name, unescapeFormula(record[n] ?? '')] as const);
  return new Map(cells.filter(([, cell]) => cell !== ''));
}

/** Spreadsheets run cells that begin like a formula (OWASP, CSV Injection), unless an apostrophe is in front. */
export const escapeFormula = (cell: string) => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
const unescapeFormula = (cell: string) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

async function* readJsonLines(file: string): AsyncGenerator<Read> {
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  let line = 0;
  for await (const bytes of splitLines(source)) {
    line += 1;
    const position = { line, bytes: source.bytesRead };
    if (bytes === null) {
      yield { ...position, fault: 'is too long' };
      continue;
    }
    const text = bytes.toString('utf8').replace(/^\u{FEFF}/u, '');
    if (text.trim() === '') continue;
    const value = parsed(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      yield { ...position, fault: 'is not a JSON object' };
      continue;
    }
    const present = Object.entries(value).filter(([, field]) => field !== null && field !== '');
    yield { ...position, fields: new Map(present) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Yields null for a line that is too long. */
async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let held: Buffer[] = [];
  let size = 0;
  const take = () => {
    const line = size > LONGEST_RECORD ? null : Buffer.concat(held);
    held = [];
    size = 0;
    return line;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      held.push(chunk.subarray(from, to));
      size += to - from;
      yield take();
      from = to + 1;
    }
    size += chunk.length - from;
    if (size <= LONGEST_RECORD) held.push(chunk.subarray(from));
    else held = [];
  }
  if (size > 0) yield take();
}
