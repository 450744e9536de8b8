/** An instance of the whole, as `npm start` makes one, on a port of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { environment, root } from '../../tools/install.mjs';

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export interface Instance {
  child: ChildProcess;
  /** All that was printed up to the end of the greeting. */
  greeting: Promise<string>;
}

/**
 * In a process group of its own, so that all of it can be ended and counted, and nothing else is.
 * `command` takes the arguments of `wrangler dev`.
 */
export function startInstance(
  [command, ...args]: readonly [string, ...string[]],
  { port, state }: { port: number; state: string },
): Instance {
  const child = spawn(command, [...args, '--port', String(port), '--persist-to', state], {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const greeting = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      if (/^ {2}curl .*\n/m.test(printed)) resolve(printed);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`it ended:\n${printed}`)));
  });
  return { child, greeting };
}

export const NPM_START = ['npm', 'start', '--'] as const;
