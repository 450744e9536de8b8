/** `npm run prove:timing` runs. Its verdict is not asserted: that would depend on the machine. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { environment, root } from '../../tools/install.mjs';

it('measures every kind of account, and prints the times of each and a verdict', () => {
  const { stdout } = spawnSync(
    'node',
    [
      'tools/prove/timing.ts',
      ...'--operation login --contract oauth2 --samples 30 --cost 1x1'.split(' '),
    ],
    { cwd: root, env: environment, encoding: 'utf8' },
  );
  for (const kind of ['unknown', 'known', 'no password', 'inactive', 'unverified', 'registered']) {
    expect(stdout).toMatch(new RegExp(String.raw`^\| ${kind} +\| +30 \| +[\d.]+ \|`, 'm'));
  }
  expect(stdout).toMatch(/^(?:largest|TOLD APART:) \|t\| [\d.]+, /m);
  expect(stdout).toMatch(/^(?:No kind of name can be told apart by time|Not proven)\.$/m);
});
