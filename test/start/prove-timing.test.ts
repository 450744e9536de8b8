/** `npm run prove:timing` runs. What it finds is no matter here: that would be a wall-time assert. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { environment, root } from '../../tools/install.mjs';

it('asks about every kind of user, and tells the times of each and a verdict', () => {
  const { stdout } = spawnSync(
    'node',
    ['tools/prove/timing.ts', ...'--operation send-code --samples 30 --cost 1x1'.split(' ')],
    { cwd: root, env: environment, encoding: 'utf8' },
  );
  for (const kind of ['unknown', 'known', 'no password', 'inactive', 'unverified', 'registered']) {
    expect(stdout).toMatch(new RegExp(String.raw`^\| ${kind} +\| 30 \| +[\d.]+ \|`, 'm'));
  }
  expect(stdout).toMatch(/^(?:largest|TOLD APART:) \|t\| [\d.]+, /m);
  expect(stdout).toMatch(/^(?:Nobody can be told apart by time|Not proven)\.$/m);
});
