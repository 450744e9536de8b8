/** The lock on a folder of local state, between real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
const holders = new Set<ReturnType<typeof contend>['child']>();

afterAll(() => {
  for (const child of holders) child.kill('SIGKILL');
  rmSync(state, { recursive: true, force: true });
});

/** Starts a process that locks the folder and keeps it, or says why it may not. */
function contend() {
  const script = `import { lockState } from ${JSON.stringify(join(root, 'tools', 'lock.ts'))};
    try {
      lockState(${JSON.stringify(state)}, 'a test').answersAt('http://localhost:1');
      console.log('locked');
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(error.message);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.add(child);
  const said = once(child.stdout.setEncoding('utf8'), 'data').then(([text]) => String(text).trim());
  return { child, said };
}

it('is given to one of many that ask at once, and to the next when that is killed', async () => {
  const contenders = Array.from({ length: 5 }, contend);
  const answers = await Promise.all(contenders.map(({ said }) => said));
  const winners = contenders.filter((_, at) => answers[at] === 'locked');
  expect(winners).toHaveLength(1);
  const winner = winners[0]?.child;
  const refusal = `${state} is in use by a test (process ${winner?.pid}, http://localhost:1): stop that first, or name another folder with --persist-to. Nothing was changed.`;
  expect(answers.filter((said) => said !== 'locked')).toEqual(Array(4).fill(refusal));

  winner?.kill('SIGKILL');
  expect(await contend().said).toBe('locked');
});
