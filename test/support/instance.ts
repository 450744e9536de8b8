/** An instance of the whole, as `npm start` makes one, on a port that the system had free. */
import { spawn, type ChildProcess } from 'node:child_process';
import { environment, root } from '../../tools/install.mjs';
import { freePort } from '../../tools/process.ts';

export interface Instance {
  child: ChildProcess;
  url: string;
  /** Everything printed up to the end of the greeting, at ports that turned out to be taken, too. */
  printed: string;
}

type Command = readonly [string, ...string[]];

export const NPM_START = ['npm', 'start', '--'] as const;

const running = new Set<ChildProcess>();
const PORTS_TRIED = 5;

/**
 * Starts `command`, which takes the arguments of `wrangler dev`, and waits for its greeting. Between the search for
 * a port and its use another process may take it: then the next one is tried.
 */
export async function startInstance(command: Command, state: string): Promise<Instance> {
  let before = '';
  for (let tried = 1; ; tried += 1) {
    try {
      const instance = await startAt(await freePort(), command, state);
      return { ...instance, printed: before + instance.printed };
    } catch (error) {
      if (tried === PORTS_TRIED || !String(error).includes('Address already in use')) throw error;
      before += String(error);
    }
  }
}

/** In a process group of its own, so that all of it can be ended and counted, and nothing else is. */
async function startAt(
  port: number,
  [command, ...args]: Command,
  state: string,
): Promise<Instance> {
  const child = spawn(command, [...args, '--port', String(port), '--persist-to', state], {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      if (/^ {2}curl .*\n/m.test(printed)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => {
      if (!isLeft(child)) running.delete(child);
      reject(new Error(`it ended:\n${printed}`));
    });
  });
  return { child, url: `http://localhost:${port}`, printed };
}

/** Kills the process groups of all instances that this test file has started and that are left. */
export function killInstances(): void {
  for (const child of running) if (isLeft(child)) process.kill(-(child.pid ?? 0), 'SIGKILL');
  running.clear();
}

/** Whether any process of the instance's group is left. */
export function isLeft({ pid }: ChildProcess): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 0);
  } catch {
    return false;
  }
}
