/** `npm start`, as a new user runs it: from nothing to a login, and away again without a trace. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freePort, NPM_START, startInstance } from '../support/instance.ts';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-'));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  rmSync(state, { recursive: true, force: true });
});

/** Starts, and resolves with all that was printed once the greeting is complete. */
async function start(port: number): Promise<{ child: ChildProcess; printed: string }> {
  const { child, greeting } = startInstance(NPM_START, { port, state });
  running.add(child);
  return { child, printed: await greeting };
}

async function stop(child: ChildProcess, how: 'Ctrl-C' | 'SIGTERM'): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { pid = 0 } = child;
  // On Ctrl-C a terminal signals the whole group; a supervisor signals npm alone.
  if (how === 'Ctrl-C') process.kill(-pid, 'SIGINT');
  else process.kill(pid, 'SIGTERM');
  await ended;
  await expect.poll(() => left(child), { timeout: 30_000 }).toBe(false);
  running.delete(child);
}

/** Whether any process of the group is left. */
function left(child: ChildProcess): boolean {
  try {
    return process.kill(-(child.pid ?? 0), 0);
  } catch {
    return false;
  }
}

it('starts, says a curl line that works as it is, stops with no process left, and keeps its data', async () => {
  const port = await freePort();
  const first = await start(port);
  expect(first.printed).toContain('Preparing the local database');
  expect(first.printed).toContain(`Gatehouse answers at http://localhost:${port}`);
  expect(first.printed).toMatch(/email-remember +POST http/);
  const curl = /^ {2}(curl .*)$/m.exec(first.printed)?.[1] ?? '';
  const answer = execFileSync('sh', ['-c', `${curl} --silent`], { encoding: 'utf8' });
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  expect(answer).toContain('"token":"ey');
  await stop(first.child, 'Ctrl-C');

  const second = await start(port);
  expect(second.printed).not.toContain('Preparing the local database');
  const again = execFileSync('sh', ['-c', `${curl} --silent`], { encoding: 'utf8' });
  expect(again).toMatch(/^HTTP\/1.1 200 OK/);
  await stop(second.child, 'SIGTERM');
});
