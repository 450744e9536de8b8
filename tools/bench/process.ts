/** Finds the workerd that Miniflare starts, and asks the operating system what it costs. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Spawned<T> {
  value: T;
  pid: number;
  /** On performance.now()'s clock. */
  spawnedAtMs: number;
}

/**
 * Runs `start`, during which exactly one process must be spawned. `onSpawn` hears of it at once;
 * the child has no id yet at that moment, but soon after.
 */
export async function spawning<T>(
  start: () => Promise<T>,
  onSpawn?: (child: ChildProcess) => void,
): Promise<Spawned<T>> {
  const seen: { child: ChildProcess; atMs: number }[] = [];
  const note = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess };
    seen.push({ child, atMs: performance.now() });
    onSpawn?.(child);
  };
  subscribe('child_process', note);
  try {
    const value = await start();
    const [first] = seen;
    if (first?.child.pid === undefined || seen.length > 1) {
      throw new Error(`${seen.length} processes were spawned where one was expected`);
    }
    return { value, pid: first.child.pid, spawnedAtMs: first.atMs };
  } finally {
    unsubscribe('child_process', note);
  }
}

const TICKS_A_SECOND = 100;
const proc = existsSync('/proc/self/stat');
const scheduler = existsSync('/proc/self/task') && existsSync('/proc/self/schedstat');

export const accounting = proc
  ? 'utime + stime of /proc/<pid>/stat; at the start, the threads’ /proc/<pid>/task/*/schedstat'
  : 'ps -o cputime=';

/** User and system time of all threads, ended ones included; in steps of 10 ms. */
export function cpuMs(pid: number): number {
  if (!proc) return cpuMsOfPs(pid);
  // The second field is the program's name, and may hold spaces.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1000;
}

/** The same to the microsecond, but without threads that have ended: for a process just born. */
export function fineCpuMs(pid: number): number {
  if (!scheduler) return cpuMs(pid);
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const [onCpu = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e6;
}

export function residentKib(pid: number): number {
  if (proc) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** `[[dd-]hh:]mm:ss[.cc]` */
function cpuMsOfPs(pid: number): number {
  const text = execFileSync('ps', ['-o', 'cputime=', '-p', String(pid)], { encoding: 'utf8' });
  const [days, time = ''] = text.includes('-') ? text.trim().split('-') : ['0', text.trim()];
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}
