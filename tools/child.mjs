/** Runs a command in place of this process: with its signals and exit code, and never orphaned. */
import { spawn } from 'node:child_process';
import { watchParent } from './orphan.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Ends this process with the child's exit code. A terminal sends Ctrl-C to the child, too; a second
 * signal has no effect.
 *
 * @param {string} command
 * @param {string[]} argv
 * @param {import('node:child_process').SpawnOptions} options
 */
export function become(command, argv, options) {
  const child = spawn(command, argv, { shell: process.platform === 'win32', ...options });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  // npm's shell dies of a signal without passing it on: an orphan ends what it started.
  const watch = watchParent(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
  });
  return child;
}
