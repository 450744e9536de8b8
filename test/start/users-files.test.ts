/** Files that an import cannot read, and those that an export would overwrite. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../tools/users/database.ts';
import { confirmOverwriting } from '../../tools/users/export.ts';
import { checkFile } from '../../tools/users/file-checks.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-files-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string | Buffer, extension = 'csv'): string {
  const file = join(directory, `${(files += 1)}.${extension}`);
  writeFileSync(file, content);
  return file;
}

const users = 'email,username,password_hash\nmüller@example.com,müller,x\n';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const CONVERT = 'Save it as "CSV UTF-8", or convert it: iconv -f';

describe('an import', () => {
  it.each<[string, string | Buffer, string?]>([
    ['commas', users],
    ['a byte order mark and CRLF', `\u{FEFF}${users.replaceAll('\n', '\r\n')}`],
    ['quoted names in capitals', '"Email","PASSWORD_HASH"\n'],
    ['JSON lines', '{"email":"a@example.com"}\n', 'jsonl'],
    ['JSON lines without an extension', '\n {"email":"a@example.com"}\n', ''],
    ['a long file in UTF-8', `${users}${'ü'.repeat(200_001)}`],
  ])('takes a file with %s', async (_, content, extension) => {
    await expect(checkFile(fileOf(content, extension))).resolves.toBeUndefined();
  });

  it.each<[string, string | Buffer, string, string?]>([
    ['empty', '', 'is empty.'],
    ['of blanks', '\u{FEFF}\r\n \n', 'is empty.'],
    [
      'with semicolons',
      users.replaceAll(',', ';'),
      'has its columns separated by semicolons. Save it with commas, or as JSON lines.',
    ],
    ['with tabs', users.replaceAll(',', '\t'), 'has its columns separated by tabs. '],
    ['with bars', users.replaceAll(',', '|'), 'has its columns separated by vertical bars. '],
    ['in UTF-16', utf16(`\u{FEFF}${users}`), `is not UTF-8; it may be UTF-16. ${CONVERT} UTF-16 `],
    ['in UTF-16 without a mark', utf16(users), 'is not UTF-8; it may be UTF-16.'],
    [
      'in Latin-1',
      Buffer.from(users, 'latin1'),
      `is not UTF-8 after line 1; it may be WINDOWS-1252. ${CONVERT} WINDOWS-1252 `,
    ],
    [
      'in Latin-1 far behind',
      Buffer.from(`email\n${'a\n'.repeat(100_000)}ü\n`, 'latin1'),
      'is not UTF-8 after line ',
    ],
    ['cut off within a character', Buffer.from(users.slice(0, 31)).subarray(0, -1), 'is not UTF-8'],
    [
      'without a header',
      'a@example.com,a,x\n',
      'has no header line: the first one has to name the columns, as in email,password_hash.',
    ],
    [
      'with unknown columns',
      'email,shoe_size,password_hash,hat\n',
      'has columns that the import does not know: "shoe_size", "hat". It knows username, email, ',
    ],
    ['with a column twice', 'email,name,email\n', 'has the column email twice.'],
    ['without hashes', 'email,name\n', 'has no column password_hash.'],
    ['without names', 'password_hash\n', 'has neither a column username nor a column email.'],
    [
      'of objects over several lines',
      '{\n  "email": "a@example.com"\n}\n',
      'has objects over several lines. Write one object a line, as `jq -c .` does.',
      'jsonl',
    ],
    ['of an object that goes on', '{"email":"a@example.com",\n"x":1}', 'has objects over ', 'json'],
    ['of one JSON array', '[{"email":"a@example.com"}]', 'is one JSON array. Write one ', 'json'],
    ['of one JSON array without an extension', '[\n{}]', 'is one JSON array.', ''],
  ])('refuses a file %s in one sentence', async (_, ...row) => {
    const [content, says, extension] = row;
    const file = fileOf(content, extension);
    await expect(checkFile(file)).rejects.toThrow(`${file} ${says}`);
  });

  it('refuses a file that does not exist, and a directory', async () => {
    const missing = join(directory, 'missing.csv');
    await expect(checkFile(missing)).rejects.toThrow(`${missing} does not exist.`);
    await expect(checkFile(directory)).rejects.toThrow(`${directory} cannot be read: EISDIR`);
  });
});

describe('an export', () => {
  const terminal = (answer: string, isTTY = true) => {
    const stdin = Object.assign(new PassThrough(), { isTTY });
    const stderr = Object.assign(new PassThrough(), { isTTY });
    stdin.end(answer);
    return { stdin, stderr } as unknown as Parameters<typeof confirmOverwriting>[1];
  };

  it('refuses a folder without a database, and leaves no folder behind', async () => {
    const persistTo = join(directory, 'mistyped');
    await expect(openDatabase({ remote: false, persistTo })).rejects.toThrow(
      `${persistTo} has no database: \`npm start\` and an import make it.`,
    );
    expect(existsSync(persistTo)).toBe(false);
  });

  it('writes a new file without a question', async () => {
    const file = join(directory, 'new.csv');
    await expect(confirmOverwriting(file, terminal('', false))).resolves.toBeUndefined();
  });

  it.each(['y\n', 'YES\n'])('overwrites after %j', async (answer) => {
    await expect(confirmOverwriting(fileOf(''), terminal(answer))).resolves.toBeUndefined();
  });

  it.each(['', '\n', 'n\n', 'yesterday\n'])('leaves the file as it is after %j', async (answer) => {
    const file = fileOf('');
    const asked = confirmOverwriting(file, terminal(answer));
    await expect(asked).rejects.toThrow(`${file} was left as it is.`);
  });

  it('refuses to overwrite where it cannot ask', async () => {
    const file = fileOf('');
    const asked = confirmOverwriting(file, terminal('y\n', false));
    await expect(asked).rejects.toThrow(`${file} exists already. To overwrite it, add --force.`);
  });
});
