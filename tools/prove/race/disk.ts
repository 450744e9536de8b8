/** What is on the disk, looked at in a copy, so that looking mends nothing. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Claim } from './context.ts';

/** Miniflare names them by the object's id. */
const FILE = /^[\da-f]{64}\.sqlite$/;

/** Of sessions that nobody has ended; what else is audited of a session is its end. */
const LOGINS = `SELECT session_id AS id FROM audit_events WHERE action = 'LOGIN' AND session_id NOT IN
  (SELECT session_id FROM audit_events WHERE action <> 'LOGIN' AND session_id IS NOT NULL)`;

interface Disk {
  files: number;
  /** Whose files do not pass SQLite's own check. */
  damaged: string[];
  sessions: Set<string>;
  /** The session of each audit row that tells of a login. */
  audited: string[];
}

export function createInspection() {
  let last: Disk = { files: 0, damaged: [], sessions: new Set(), audited: [] };
  const damaged = new Set<string>();
  let unpaired = 0;
  const unstored = new Set<string>();
  return {
    /** `received`: sessions that somebody holds tokens of. */
    inspect(data: string, received: readonly string[]): void {
      last = readDisk(data);
      for (const file of last.damaged) damaged.add(file);
      unpaired += differences(last.sessions, last.audited);
      for (const id of received) if (!last.sessions.has(id)) unstored.add(id);
    },

    result: (): Claim => ({
      what: `the disk after each kill and at the end, ${last.files} SQLite files`,
      seen: `${damaged.size} damaged; ${last.sessions.size} sessions, ${unpaired} without their one audit row or the other way round; ${unstored.size} received and not stored`,
      allowed: '0, 0, 0',
      holds: last.sessions.size > 0 && damaged.size + unpaired + unstored.size === 0,
    }),
  };
}

function differences(sessions: ReadonlySet<string>, audited: readonly string[]): number {
  const once = new Set(audited);
  const unaudited = [...sessions].filter((id) => !once.has(id));
  const unopened = [...once].filter((id) => !sessions.has(id));
  return audited.length - once.size + unaudited.length + unopened.length;
}

function readDisk(data: string): Disk {
  const copy = mkdtempSync(`${data}-copy-`);
  try {
    // The shared memory beside a file is made anew from its log.
    cpSync(data, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
    const disk: Disk = { files: 0, damaged: [], sessions: new Set(), audited: [] };
    for (const file of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
      if (FILE.test(basename(file))) look(copy, file, disk);
    }
    return disk;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function look(directory: string, file: string, disk: Disk): void {
  disk.files += 1;
  const database = new DatabaseSync(join(directory, file));
  try {
    const rows = (sql: string) => database.prepare(sql).all();
    const [check] = rows('PRAGMA integrity_check');
    if (check?.['integrity_check'] !== 'ok') throw new Error(file);
    const hasSessions = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sessions'";
    if (rows(hasSessions).length === 0) return;
    if (rows('PRAGMA foreign_key_check').length > 0) throw new Error(file);
    for (const { id } of rows('SELECT id FROM sessions')) disk.sessions.add(String(id));
    for (const { id } of rows(LOGINS)) disk.audited.push(String(id));
  } catch {
    disk.damaged.push(file);
  } finally {
    database.close();
  }
}
