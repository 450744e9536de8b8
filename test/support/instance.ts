/** Starts instances as `npm start` does, on ports that were free. */
import { freePort, startCommand, type Started } from '../../tools/process.ts';

export { isAlive, killCommands } from '../../tools/process.ts';

/** `printed`: up to the end of the greeting, and at ports that turned out to be taken, too. */
export interface Instance extends Started {
  url: string;
}

export const NPM_START = ['npm', 'start', '--'] as const;

const PORTS_TRIED = 5;

/**
 * Starts `command`, which takes the arguments of `wrangler dev`, and waits for its greeting. Another
 * process may take the port before it is used: then the next one is tried.
 */
export async function startInstance(
  [command, ...args]: readonly [string, ...string[]],
  state: string,
): Promise<Instance> {
  let before = '';
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    const argv = [...args, '--port', String(port), '--persist-to', state];
    try {
      const { child, printed } = await startCommand(command, { argv, until: /^ {2}curl .*\n/m });
      return { child, url: `http://localhost:${port}`, printed: before + printed };
    } catch (error) {
      if (tried === PORTS_TRIED || !String(error).includes('Address already in use')) throw error;
      before += String(error);
    }
  }
}
