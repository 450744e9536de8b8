/** The install that precedes `npm start`, with a registry that can be out of reach. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-install-'));
const project = join(directory, 'project');
mkdirSync(project);

const tarballs = new Map<string, Buffer>();
const registry = createServer((request, response) => {
  const tarball = tarballs.get(request.url ?? '');
  if (tarball === undefined) request.socket.destroy();
  else response.end(tarball);
}).listen(0, '127.0.0.1');
await once(registry, 'listening');
const origin = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;

afterAll(() => {
  registry.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Makes the project depend on this version of a package, and answers the package. */
function lockOn(version: string): { path: string; tarball: Buffer } {
  const source = join(directory, version);
  mkdirSync(source);
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'locked', version }));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: source });
  const tarball = readFileSync(join(directory, `locked-${version}.tgz`));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const path = `/locked-${version}.tgz`;
  const manifest = { name: 'project', version: '1.0.0', dependencies: { locked: version } };
  const packages = {
    '': manifest,
    'node_modules/locked': { version, resolved: `${origin}${path}`, integrity },
  };
  const lock = { name: 'project', version: '1.0.0', lockfileVersion: 3, packages };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
  return { path, tarball };
}

const install = () =>
  new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const script = `import { installIfMissing } from ${JSON.stringify(join(root, 'tools', 'install.mjs'))};
      installIfMissing(${JSON.stringify(project)});`;
    const env = {
      ...process.env,
      npm_config_registry: origin,
      npm_config_cache: join(directory, 'cache'),
      npm_config_fetch_retries: '0',
    };
    const argv = ['--input-type=module', '--eval', script];
    execFile('node', argv, { env }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });

const installed = () =>
  (
    JSON.parse(readFileSync(join(project, 'node_modules', 'locked', 'package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

it('leaves the installed packages as they are when the registry cannot be reached, and replaces them when it can', async () => {
  const first = lockOn('1.0.0');
  tarballs.set(first.path, first.tarball);
  expect(await install()).toMatchObject({ code: 0 });
  expect(installed()).toBe('1.0.0');

  const second = lockOn('2.0.0');
  const failed = await install();
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(
    'npm ci failed; node_modules was left as it was, and nothing was started.',
  );
  expect(installed()).toBe('1.0.0');
  expect(readdirSync(join(project, '.wrangler', 'install'))).toEqual([]);

  tarballs.set(second.path, second.tarball);
  expect(await install()).toMatchObject({ code: 0 });
  expect(installed()).toBe('2.0.0');
  // Nothing is asked of the registry where the lock file has not changed.
  tarballs.clear();
  expect(await install()).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(join(project, '.wrangler', 'install'))).toEqual([]);
});
