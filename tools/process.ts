/** Starts processes, finds the workerd that Miniflare spawns, and reads what a process costs. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, root } from './install.mjs';

/** Turns signals into an exit, so that handlers of `exit` clean up. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
}

/** A directory that is removed when this process exits. `parent`: /tmp where absent. */
export function temporaryDirectory(name: string, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, `gatehouse-${name}-`));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Returns a function that removes the path. An exit before it is called removes the path, too. */
export function removeAtExit(path: string): () => void {
  const remove = () => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return remove;
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const commands = new Set<ChildProcess>();

/** A started command, and what it has printed until then. */
export interface Started {
  child: ChildProcess;
  printed: string;
}

/** Starts a command in a process group of its own; resolves when it has printed `until`. */
export async function startCommand(
  command: string,
  { argv, until }: { argv: string[]; until: RegExp },
): Promise<Started> {
  const child = spawn(command, argv, {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  commands.add(child);
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      if (!until.test(printed)) return;
      // Drained from here on: a full pipe would hold the instance up, and with it the requests to it.
      for (const stream of [child.stdout, child.stderr]) stream.off('data', read).resume();
      resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', () => {
      if (!isAlive(child)) commands.delete(child);
      reject(new Error(`${command} ended:\n${printed}`));
    });
  });
  return { child, printed };
}

/** Checks for a remaining process of the command's group. */
export function isAlive({ pid }: ChildProcess): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 0);
  } catch {
    return false;
  }
}

/** Kills the process groups of all started commands: nothing gets to save what it has not saved. */
export async function killCommands(): Promise<void> {
  for (const child of commands) if (isAlive(child)) killGroup(child.pid ?? 0);
  while ([...commands].some(isAlive)) await sleep(20);
  commands.clear();
}

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

/**
 * Runs `start`, during which exactly one process must be spawned, and returns that process too.
 * `onSpawn` is called at the spawn, before the process has an id.
 */
export async function withSpawned<T>(
  start: () => Promise<T>,
  onSpawn?: (child: ChildProcess) => void,
): Promise<{ value: T; child: ChildProcess; pid: number }> {
  const spawned: ChildProcess[] = [];
  const note = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess };
    spawned.push(child);
    onSpawn?.(child);
  };
  subscribe('child_process', note);
  try {
    const value = await start();
    const [child] = spawned;
    if (child?.pid === undefined || spawned.length > 1) {
      throw new Error(`${spawned.length} processes were spawned where one was expected`);
    }
    return { value, child, pid: child.pid };
  } finally {
    unsubscribe('child_process', note);
  }
}

const TICKS_PER_SECOND = 100;
const hasProc = existsSync('/proc/self/schedstat');

export const accounting = hasProc
  ? 'utime + stime of /proc/<pid>/stat; at the start, the threads’ /proc/<pid>/task/*/schedstat'
  : 'ps -o cputime=';

/** User and system time of all threads, ended ones included; in steps of 10 ms. */
export function cpuMs(pid: number): number {
  if (!hasProc) return psCpuMs(pid);
  // The second field is the program's name, and may hold spaces.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}

/** The same to the microsecond, but without threads that have ended. */
export function fineCpuMs(pid: number): number {
  if (!hasProc) return psCpuMs(pid);
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

export function residentKib(pid: number): number {
  if (!hasProc) return Number(ps('rss=', pid));
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

const ps = (column: string, pid: number) =>
  execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim();

/** Parses `[[dd-]hh:]mm:ss[.cc]`. */
function psCpuMs(pid: number): number {
  const text = ps('cputime=', pid);
  const [days, time = ''] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}
