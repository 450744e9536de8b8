/** Starts what the proof needs, and ends all of it with the proof. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { environment, root } from '../install.mjs';

const running = new Set<ChildProcess>();

/** Kills, at once: nothing gets the chance to save what it has not saved yet. */
export async function endAll(): Promise<void> {
  const alive = [...running].filter(
    (child) => child.exitCode === null && child.signalCode === null,
  );
  const ended = alive.map(
    (child) => new Promise((done) => child.removeAllListeners('exit').once('exit', done)),
  );
  for (const { pid } of alive) {
    try {
      // A group of its own each: what they started goes with them.
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  await Promise.all(ended);
  running.clear();
}

/** Resolves when the command has printed what it is waited for. */
export async function started(
  command: string,
  { argv, until }: { argv: string[]; until: RegExp },
): Promise<void> {
  const child = spawn(command, argv, {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let printed = '';
  await new Promise<void>((done, failed) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      if (until.test(printed)) done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', failed);
    child.once('exit', () => failed(new Error(`${command} ended:\n${printed}`)));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
