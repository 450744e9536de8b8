/** Finds what is wrong with a whole file of users, so that one cause is one error and not one for each line. */
import { createReadStream } from 'node:fs';
import { Refused } from '../command-line.ts';
import { fieldNames } from './columns.ts';
import { isJsonLines } from './records.ts';

/** Enough for a header line. */
const START_BYTES = 65_536;

const SEPARATORS = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** Throws `Refused` where the file cannot be read as UTF-8, is empty, or has another form. */
export async function checkFile(file: string): Promise<void> {
  const start = await checkEncoding(file);
  if (start.trim() === '') throw new Refused(`${file} is empty.`);
  if (isJsonLines(file)) {
    return checkFirstLine(file, start.trimStart());
  }
  checkHeader(file, start.trimStart().split(/\r\n|\r|\n/, 1)[0] ?? '');
}

function checkFirstLine(file: string, start: string): void {
  if (start.startsWith('[')) {
    throw new Refused(
      `${file} is one JSON array. Write one object a line, as \`jq -c '.[]'\` does.`,
    );
  }
  if (/^\{\s*(?:"[^"]*":.*,\s*)?\n/.test(start)) {
    throw new Refused(
      `${file} has objects over several lines. Write one object a line, as \`jq -c .\` does.`,
    );
  }
}

/** Returns the beginning of the text, without a byte order mark. */
async function checkEncoding(file: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let start: string | null = null;
  let line = 1;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: START_BYTES })) {
      const bytes = chunk as Buffer;
      if (start === null && isUtf16(bytes)) throw new Refused(advice(file, 'UTF-16'));
      const text = decoder.decode(bytes, { stream: true });
      start ??= text;
      line += text.split('\n').length - 1;
    }
    decoder.decode();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ENOENT') throw new Refused(`${file} does not exist.`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new Refused(advice(file, 'WINDOWS-1252', ` after line ${line}`));
    }
    throw error instanceof Refused ? error : new Refused(`${file} cannot be read: ${message}`);
  }
  return start ?? '';
}

const isUtf16 = (bytes: Buffer) =>
  /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)) || bytes.subarray(0, 4).includes(0);

const advice = (file: string, encoding: string, place = '') =>
  `${file} is not UTF-8${place}; it may be ${encoding}. Save it as "CSV UTF-8", or convert it: iconv -f ${encoding} -t UTF-8 FILE > NEW`;

function checkHeader(file: string, header: string): void {
  const columnsBy = (separator: string) =>
    header.split(separator).map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .toLowerCase(),
    );
  const isKnown = (name: string) => fieldNames.includes(name);
  for (const [separator, plural] of Object.entries(SEPARATORS)) {
    const columns = columnsBy(separator);
    if (
      columns.length > 1 &&
      columns.filter(isKnown).length > columnsBy(',').filter(isKnown).length
    ) {
      throw new Refused(
        `${file} has its columns separated by ${plural}. Save it with commas, or as JSON lines.`,
      );
    }
  }
  const columns = columnsBy(',');
  if (!columns.some(isKnown)) {
    throw new Refused(
      `${file} has no header line: the first one has to name the columns, as in email,password_hash.`,
    );
  }
  const unknown = columns
    .filter((name) => !isKnown(name))
    .map((name) => JSON.stringify(name.slice(0, 40)));
  if (unknown.length > 0) {
    throw new Refused(
      `${file} has columns that the import does not know: ${unknown.join(', ')}. It knows ${fieldNames.join(', ')}.`,
    );
  }
  const double = columns.find((name, at) => columns.indexOf(name) < at);
  if (double !== undefined) throw new Refused(`${file} has the column ${double} twice.`);
  if (!columns.includes('password_hash')) {
    throw new Refused(`${file} has no column password_hash.`);
  }
  if (!columns.includes('username') && !columns.includes('email')) {
    throw new Refused(`${file} has neither a column username nor a column email.`);
  }
}
