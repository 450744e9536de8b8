/** Checks the databases on the disk, in a copy, so that opening them repairs nothing. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Claim } from './context.ts';

/** Miniflare names them by the object's id. */
const FILE = /^[\da-f]{64}\.sqlite$/;

/** Events within a session. Every other row of a session is its end. */
const WITHIN =
  "('LOGIN', 'FACTOR_ENROLLED', 'FACTOR_CONFIRMED', 'RECOVERY_CODE_USED', 'REAUTHENTICATED')";

/** Audit rows of logins whose session has not ended. */
const LOGINS = `SELECT session_id AS id FROM audit_events WHERE action = 'LOGIN' AND session_id NOT IN
  (SELECT session_id FROM audit_events WHERE action NOT IN ${WITHIN} AND session_id IS NOT NULL)`;

/** The user of each session that a passkey or the code of a second factor has opened. */
const OPENED_BY_PROOF =
  'SELECT users.email FROM sessions JOIN users ON users.id = user_id WHERE second_factor_at_ms = sessions.created_at_ms';

interface Disk {
  files: number;
  sessions: Set<string>;
  /** The session of each audit row of a login. */
  audited: string[];
  /** The address of the account of each session that a passkey or a code has opened. */
  openedByProof: string[];
}

const emptyDisk = (): Disk => ({ files: 0, sessions: new Set(), audited: [], openedByProof: [] });

export function createInspection() {
  let disk = emptyDisk();
  const damaged = new Set<string>();
  const unstored = new Set<string>();
  let unpaired = 0;
  return {
    /** `sessionIds`: sessions whose tokens clients hold. */
    inspect(directory: string, sessionIds: readonly string[]): void {
      disk = readDisk(directory, damaged);
      const audited = new Set(disk.audited);
      unpaired += disk.audited.length - audited.size;
      unpaired += [...disk.sessions].filter((id) => !audited.has(id)).length;
      unpaired += [...audited].filter((id) => !disk.sessions.has(id)).length;
      for (const id of sessionIds) if (!disk.sessions.has(id)) unstored.add(id);
    },

    /** Sessions that the passkeys or codes of an account have opened. */
    openedByProof: (email: string): number =>
      disk.openedByProof.filter((address) => address === email).length,

    claim: (): Claim => ({
      what: `the disk after each kill and at the end, ${disk.files} SQLite files`,
      seen: `${damaged.size} damaged; ${disk.sessions.size} sessions, ${unpaired} without their one audit row or the other way round; ${unstored.size} received and not stored`,
      allowed: '0, 0, 0',
      holds: disk.sessions.size > 0 && damaged.size + unpaired + unstored.size === 0,
    }),
  };
}

function readDisk(directory: string, damaged: Set<string>): Disk {
  const copy = mkdtempSync(`${directory}-copy-`);
  const disk = emptyDisk();
  try {
    // SQLite recreates the shared memory of a file from its log.
    cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
    for (const file of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
      if (!FILE.test(basename(file))) continue;
      disk.files += 1;
      if (!readFile(join(copy, file), disk)) damaged.add(file);
    }
    return disk;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** False where the file does not pass SQLite's own checks. */
function readFile(file: string, disk: Disk): boolean {
  const database = new DatabaseSync(file);
  try {
    const rows = (sql: string) => database.prepare(sql).all();
    if (rows('PRAGMA integrity_check')[0]?.['integrity_check'] !== 'ok') return false;
    if (rows("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").length === 0) return true;
    if (rows('PRAGMA foreign_key_check').length > 0) return false;
    for (const { id } of rows('SELECT id FROM sessions')) disk.sessions.add(String(id));
    for (const { id } of rows(LOGINS)) disk.audited.push(String(id));
    for (const { email } of rows(OPENED_BY_PROOF)) disk.openedByProof.push(String(email));
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}
