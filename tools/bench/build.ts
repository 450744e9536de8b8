/** Builds what is measured: the bundle as it is deployed, and the floors beside it. */
import { execFileSync, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, stop } from 'esbuild';
import { environment, root } from '../install.mjs';

export type Script = 'app' | 'calls' | 'derives' | 'hono' | 'no-op' | 'counted';

export interface Built {
  scripts: Record<Script, string>;
  gzipKib: number;
}

/** `readable` keeps the names, for a profile. */
export async function buildAll(directory: string, readable = false): Promise<Built> {
  const deployed = join(directory, 'deployed');
  const argv = ['deploy', '--dry-run', '--outdir', deployed, `--minify=${!readable}`];
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit'];
  execFileSync('wrangler', argv, { cwd: root, env: environment, stdio });
  const app = readFileSync(join(deployed, 'worker.js'), 'utf8');
  const [calls, derives, hono, noOp, counted] = await Promise.all(
    ['calls', 'derives', 'hono', 'no-op', 'counted'].map(bundled),
  );
  await stop();
  return {
    scripts: {
      app,
      calls: calls ?? '',
      derives: derives ?? '',
      hono: hono ?? '',
      'no-op': noOp ?? '',
      counted: counted ?? '',
    },
    gzipKib: gzipSync(app, { level: 9 }).length / 1024,
  };
}

async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'floor', `${name}.ts`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers'],
  });
  return outputFiles[0]?.text ?? '';
}
