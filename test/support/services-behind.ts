/** The example services of docs/examples, run with the packed `gatehouse/verify`. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundled } from '../../tools/bench/build.ts';
import { root } from '../../tools/install.mjs';
import type { WorkerDefinition } from '../../tools/server.ts';
import { packVerify } from '../../tools/verify.ts';

const examples = join(root, 'docs', 'examples');

/** Installs the packed package for everything below `directory`, and returns its module. */
export async function installVerify(directory: string): Promise<string> {
  const packed = await packVerify(directory);
  const installed = join(directory, 'node_modules', 'gatehouse');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', packed, '-C', installed, '--strip-components=1']);
  return join(installed, 'index.js');
}

export interface ServiceSettings {
  ISSUER: string;
  AUDIENCE: string;
  CONTRACT: string;
}

/** Bundles the example Worker, bound to the Worker `gatehouse`. */
export async function exampleWorker(
  module: string,
  settings: (origin: string) => ServiceSettings,
): Promise<(origin: string) => WorkerDefinition> {
  const packed: Plugin = {
    name: 'packed module',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^gatehouse\/verify$/ }, () => ({ path: module })),
  };
  const script = await bundled(join(examples, 'worker', 'worker.js'), [packed]);
  return (origin) => ({
    name: 'service',
    script,
    bindings: settings(origin),
    options: { serviceBindings: { GATEHOUSE: 'gatehouse' } },
  });
}

/** Starts the example server below `directory`; resolves with its origin. */
export async function startExampleServer(
  directory: string,
  settings: ServiceSettings,
): Promise<{ origin: string; child: ChildProcess }> {
  const copy = join(directory, 'node-server');
  cpSync(join(examples, 'node-server'), copy, { recursive: true });
  const child = spawn(process.execPath, ['server.js'], {
    cwd: copy,
    env: { ...process.env, ...(settings as object), PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the example server ended with ${code}`)));
  });
  return { origin, child };
}
