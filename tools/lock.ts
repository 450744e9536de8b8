/**
 * Locks between processes of this machine: exclusive transactions on an empty SQLite file. The operating
 * system releases them when their holder ends, by SIGKILL too, so that no lock is ever stale.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { root } from './install.mjs';

export type Release = () => void;

/** References the held locks: a garbage-collected database would release its lock. */
const held = new Set<DatabaseSync>();

/** Time for a holder that is about to exit. */
const PATIENCE_MS = 3_000;

/** Returns null where another process still has the lock after `patienceMs`. */
function acquire(file: string, patienceMs: number): Release | null {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}
const SQLITE_BUSY = 5;

/** Runs `work` while no other process of this folder runs work of that name. */
export function exclusively<T>(name: string, work: () => T): T {
  const release = acquire(join(root, '.wrangler', `gatehouse-${name}.lock`), 60_000);
  if (release === null) throw new Error(`Another process has kept ${name} for a minute.`);
  try {
    return work();
  } finally {
    release();
  }
}

export interface StateLock {
  /** Adds the instance's address to the error of refused processes. */
  answersAt(url: string): void;
  release: Release;
}

/**
 * Reserves a folder of local state for this process: two workerd on one SQLite file fail each other's
 * writes with SQLITE_BUSY. Throws an error that names the process which has it.
 */
export function lockState(directory: string, command: string): StateLock {
  const release = acquire(join(directory, 'gatehouse.lock'), PATIENCE_MS);
  const holder = join(directory, 'gatehouse-holder');
  if (release === null) throw new Error(inUse(directory, holder));
  const describe = (url: string) =>
    writeFileSync(holder, `${command} (process ${process.pid}${url})`);
  describe('');
  return {
    answersAt: (url) => describe(`, ${url}`),
    release() {
      rmSync(holder, { force: true });
      release();
    },
  };
}

function inUse(directory: string, holder: string): string {
  const folder = relative(root, directory).startsWith('..') ? directory : relative(root, directory);
  const command = readHolder(holder) ?? 'another process';
  return `${folder} is in use by ${command}: stop that first, or name another folder with --persist-to. Nothing was changed.`;
}

function readHolder(holder: string): string | null {
  try {
    return readFileSync(holder, 'utf8');
  } catch {
    return null;
  }
}
