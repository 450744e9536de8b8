/**
 * Calls `orphaned` when the parent of this process has ended. Preloaded into a Node process (`--import`) it ends
 * that process: a SIGKILL of the parent passes nothing on, and a server left behind would keep its port and data.
 */
import { isMainThread } from 'node:worker_threads';

const POLL_MS = 250;

/** @param {() => void} orphaned */
export function watchParent(orphaned) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    orphaned();
  }, POLL_MS);
  return watch;
}

export const preload = `--import=${new URL(import.meta.url).href}?end`;

if (import.meta.url.endsWith('?end') && isMainThread) {
  watchParent(() => process.kill(process.pid, 'SIGTERM')).unref();
}
