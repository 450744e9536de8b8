/** Importing users, in plain Node, into a real local database. */
import { afterAll, describe, expect, it } from 'vitest';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { costsIn } from '../../tools/users/hash-cost.ts';
import type { RefusedLine } from '../../tools/users/import.ts';
import { createImportDatabase } from '../fixtures/user-imports.ts';
import vectors from '../fixtures/legacy-hashes.json' with { type: 'json' };

const { database, read, usersLike, importText, close } = await createImportDatabase();
const hash = `$2b$12$${'a'.repeat(53)}`;

afterAll(close);

describe('an import', () => {
  it('takes every field of CSV as it is meant, with a BOM, CRLF, quotes and any letters', async () => {
    const csv = [
      '\u{FEFF}username,Email,name,password_hash,email_verified,status,created_at,phone,avatar,bio,language,is_admin,role,role_name,team,public_id',
      `Zoe\u0308,Full@Example.COM,"Straße, ""die"" 🔑",${hash},TRUE,inactive,2024-01-15 10:30:00.5+02:00,+49 30 1,https://a.example/x?y=1,"Builds\nbridges",de-AT,1,r1,Role One,t1,public-1`,
      '',
      `,least@example.com,,${hash},,,,,,,,,,,,`,
    ].join('\r\n');
    const { outcome, refused, costs } = await importText(csv);
    expect([refused, outcome]).toEqual([
      [],
      { imported: 2, present: 0, refused: 0, stopped: false, dryRun: false },
    ]);
    expect(costs).toEqual([{ kind: 'bcrypt', cost: 12 }]);
    const [full] = await usersLike('full@%');
    expect(full).toMatchObject({
      public_id: 'public-1',
      username: 'Zoë',
      username_key: 'zoë',
      email: 'full@example.com',
      name: 'Straße, "die" 🔑',
      password_hash: hash,
      email_verified: 1,
      status: 'inactive',
      created_at_ms: Date.UTC(2024, 0, 15, 8, 30, 0, 500),
      phone: '+49 30 1',
      bio: 'Builds\nbridges',
      language: 'de-AT',
      is_admin: 1,
      role_id: 'r1',
      team_id: 't1',
      credential_version: 1,
      last_login_at_ms: null,
    });
    expect(await read("SELECT name FROM roles WHERE id = 'r1'")).toEqual([{ name: 'Role One' }]);
    expect((await usersLike('least@%'))[0]).toMatchObject({
      username: null,
      email_verified: 0,
      status: 'active',
      language: 'en',
      is_admin: 0,
      role_id: null,
    });
  });

  it('takes JSON lines, by name or by first byte', async () => {
    const lines = [
      { email: 'json1@example.com', password_hash: hash, email_verified: true, name: null },
      { username: 'json2', password_hash: hash, role: { id: 'r2', name: 'Role Two' } },
    ].map((user) => JSON.stringify(user));
    expect((await importText(`${lines[0]}\n\n`, 'jsonl')).outcome.imported).toBe(1);
    expect((await importText(`\u{FEFF}${lines[0]}\r\n${lines[1]}`, 'txt')).outcome).toMatchObject({
      imported: 1,
      present: 1,
    });
    expect((await usersLike('json2'))[0]).toMatchObject({ username: 'json2', role_id: 'r2' });
  });

  it.each(vectors)('takes the hash $hash', async ({ hash }) => {
    const line = JSON.stringify({
      username: hash.slice(0, 60).replaceAll(' ', ''),
      password_hash: hash,
    });
    expect((await importText(line, 'jsonl', { dryRun: true })).refused).toEqual([]);
  });

  it('changes nothing when it runs twice, and says so', async () => {
    const csv = `email,username,password_hash\ntwice@example.com,twice,${hash}\nagain@example.com,,${hash}\n`;
    expect((await importText(csv)).outcome).toMatchObject({ imported: 2, present: 0 });
    const before = await read('SELECT * FROM users');
    const changed = csv.replaceAll('$2b$12', '$2b$10');
    expect((await importText(changed)).outcome).toMatchObject({
      imported: 0,
      present: 2,
      refused: 0,
    });
    expect(await read('SELECT * FROM users')).toEqual(before);
  });

  const taken = `email,username,password_hash\nmine@example.com,mine,${hash}\nhis@example.com,his,${hash}\n`;
  const bad = [
    ['2', 'bad address', `no-address,,${hash},,,,`],
    ['3', 'bad username', `," padded",${hash},,,,`],
    ['4', 'unknown hash', 'a@example.com,,5f4dcc3b5aa765d61d8327deb882cf99,,,,'],
    ['5', 'unknown hash', `b@example.com,,$2b$31$${'a'.repeat(53)},,,,`],
    ['6', 'no password_hash', 'c@example.com,,,,,,'],
    ['7', 'neither username nor email', `,,${hash},,,,`],
    ['8', 'status is neither active nor inactive', `d@example.com,,${hash},gone,,,`],
    ['9', 'bad date in created_at', `e@example.com,,${hash},,2024-02-30,,`],
    ['10', 'bad date in created_at', `f@example.com,,${hash},,15.1.2024,,`],
    ['11', 'created_at is in the future', `g@example.com,,${hash},,2999-01-01,,`],
    ['12', 'email_verified is neither true nor false', `h@example.com,,${hash},,,maybe,`],
    ['13', 'bad name', `i@example.com,,${hash},,,,"two\nlines"`],
    ['15', 'has 2 cells, where the header has 7', 'j@example.com,j'],
    ['17', 'duplicate of line 16', `SAME@example.com,,${hash},,,,`],
    [
      '18',
      'another user in the database has this username, address or public_id',
      `mine@example.com,his,${hash},,,,`,
    ],
    [
      '19',
      'another user in the database has this username, address or public_id',
      `his@example.com,new,${hash},,,,`,
    ],
    ['20', 'bad date in created_at; bad address', `x,,${hash},,yesterday,,`],
    ['21', 'a quote stands inside a cell that has none around it', `k"l@example.com,,${hash},,,,`],
  ] as const;
  const badCsv = [
    'email,username,password_hash,status,created_at,email_verified,name',
    ...bad.slice(0, 13).map(([, , line]) => line),
    `same@example.com,,${hash},,,,`,
    ...bad.slice(13).map(([, , line]) => line),
  ].join('\n');
  const reasons = (refused: RefusedLine[]) =>
    new Map(
      refused.map(({ line, reason }) => [`${line}`, reason.split('; ').toSorted().join('; ')]),
    );
  const expected = new Map(
    bad.map(([line, reason]) => [line, reason.split('; ').toSorted().join('; ')]),
  );

  it('names every bad line and its reason, and writes nothing', async () => {
    await importText(taken);
    const before = await read(
      'SELECT count(*) AS users, (SELECT count(*) FROM audit_events) AS audit FROM users',
    );
    const { outcome, refused, costs } = await importText(badCsv);
    expect(reasons(refused)).toEqual(expected);
    expect(outcome).toMatchObject({ imported: 0, refused: bad.length, stopped: true });
    expect(costs).toBeNull();
    expect(
      await read(
        'SELECT count(*) AS users, (SELECT count(*) FROM audit_events) AS audit FROM users',
      ),
    ).toEqual(before);
  });

  it('brings the good lines in where bad ones are to be skipped, twice with the same end', async () => {
    const skipped = await importText(badCsv, 'csv', { skipRefused: true });
    expect(skipped.outcome).toMatchObject({ imported: 1, present: 0, refused: bad.length });
    const again = await importText(badCsv, 'csv', { skipRefused: true });
    expect(again.outcome).toMatchObject({ imported: 0, present: 1, refused: bad.length });
    expect(await usersLike('same@%')).toHaveLength(1);
  });

  it('refuses columns and keys that it does not know', async () => {
    const { refused } = await importText(
      `email,password_hash,shoe_size\na@example.com,${hash},44\n`,
    );
    expect(refused).toEqual([{ line: 2, reason: 'unknown column "shoe_size"' }]);
    const json = await importText(
      `{"email":"a@example.com","password_hash":"${hash}","__proto__x":1}`,
      'jsonl',
    );
    expect(json.refused[0]?.reason).toContain('unknown column');
  });

  it('refuses lines that are no JSON objects, no UTF-8, or without an end', async () => {
    const lines = [
      '{',
      '[]',
      'null',
      '"text"',
      `{"email":"${'x'.repeat(70_000)}`,
      '{"email":1,"password_hash":[]}',
    ];
    const { refused } = await importText(lines.join('\n'), 'jsonl');
    expect(refused.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
    const latin1 = Buffer.from(`username,password_hash\nM\u00fcller,${hash}\n`, 'latin1');
    expect((await importText(latin1)).refused).toEqual([{ line: 2, reason: 'bad username' }]);
    const open = `email,password_hash\n"a@example.com,${hash}\n${`b@example.com,${hash}\n`.repeat(2000)}`;
    expect((await importText(open)).refused.length).toBeGreaterThan(0);
    expect((await importText('')).refused).toEqual([
      { line: 1, reason: 'there is no header line' },
    ]);
  });

  it('reports a line that is too long once, and a file without users', async () => {
    const long = await importText(`email,password_hash\na@example.com,${'x'.repeat(200_000)}\n`);
    expect(long.refused).toEqual([{ line: 2, reason: 'is too long; a quote may not be closed' }]);
    await expect(importText('email,password_hash\n')).rejects.toThrow(/\.csv has no users\.$/);
  });

  it('writes nothing in a dry run', async () => {
    const csv = `email,password_hash\ndry@example.com,${hash}\n`;
    const { outcome, costs } = await importText(csv, 'csv', { dryRun: true });
    expect([outcome.imported, costs]).toEqual([1, null]);
    expect(await usersLike('dry@%')).toEqual([]);
  });

  it('leaves one audit row with its counts, and no identifier', async () => {
    await importText(
      `email,password_hash\naudited@example.com,${hash}\nmine@example.com,${hash}\n`,
    );
    const rows = await read(
      "SELECT * FROM audit_events WHERE action = 'USERS_IMPORTED' ORDER BY id DESC LIMIT 1",
    );
    expect(rows[0]).toMatchObject({ reason: 'imported=1,present=1,refused=0', subject: '' });
    expect(JSON.stringify(rows)).not.toContain('@');
  });

  it('sets the highest cost of each kind before it writes, of the file and of the database', async () => {
    let before: unknown;
    const file = `email,password_hash\ncost@example.com,pbkdf2_sha256$390000$salt$${'A'.repeat(43)}=\nlow@example.com,$2b$10$${'a'.repeat(53)}\n`;
    let costs: readonly LegacyCost[] = [];
    await importText(file, 'csv', {
      setCosts: async (found) => {
        costs = found;
        before = await usersLike('cost@%');
      },
    });
    expect(before).toEqual([]);
    expect(costs).toEqual([
      { kind: 'pbkdf2-sha256', cost: 390_000 },
      { kind: 'bcrypt', cost: 12 },
    ]);
    for (const [at, { hash }] of vectors.entries())
      await importText(JSON.stringify({ username: `v${at}`, password_hash: hash }), 'jsonl');
    expect((await costsIn(database)).list()).toEqual([
      { kind: 'pbkdf2-sha256', cost: 390_000 },
      { kind: 'pbkdf2-sha512', cost: 100_001 },
      { kind: 'bcrypt', cost: 12 },
      { kind: 'scrypt', cost: 262_144 },
    ]);
  });
});
