/** Builds the Workers that are measured: the deployed bundle, and the baselines beside it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, stop, type Plugin } from 'esbuild';
import { environment, root } from '../install.mjs';
import { temporaryDirectory } from '../process.ts';
import type { Scripts } from './workers.ts';

export interface Built {
  scripts: Scripts;
  gzipKib: number;
}

/** Builds everything. `readable` keeps names and line breaks, for a profile. */
export async function buildAll(readable = false): Promise<Built> {
  const bundle = buildDeployed({ readable });
  const app = readFileSync(bundle, 'utf8');
  const distance = join(import.meta.dirname, 'distance');
  const hash = replace(/\/crypto\/passwords\/hash\.ts$/, baseline('unsliced'));
  const network = [
    replace(/\/src\/worker\.ts$/, bundle),
    replace(/^cloudflare:workers$/, join(distance, 'platform.ts'), bundle),
  ];
  const baselines = ['calls', 'derives', 'hono', 'no-op', 'counted'].map(
    async (name) => [name, await bundled(baseline(name))] as const,
  );
  const scripts = {
    app,
    unsliced: await bundled(join(root, 'src', 'worker.ts'), [hash]),
    distant: await bundled(join(distance, 'entry.ts'), network),
    ...Object.fromEntries(await Promise.all(baselines)),
  };
  await stop();
  return { scripts, gzipKib: gzipKib(app) };
}

interface Deployed {
  readable?: boolean;
  /** The folder of wrangler.toml, and the entry where that names none. */
  cwd?: string;
  entry?: string;
}

/** Builds what `wrangler deploy` would send, and returns the bundle's path. */
export function buildDeployed({ readable = false, cwd = root, entry }: Deployed = {}): string {
  const out = temporaryDirectory('deployed');
  const argv = ['deploy', '--dry-run', '--outdir', out, `--minify=${!readable}`];
  execFileSync('wrangler', [...argv, ...(entry === undefined ? [] : [entry])], {
    cwd,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(out, `${basename(entry ?? 'worker.ts', '.ts')}.js`);
}

export const gzipKib = (script: string): number => gzipSync(script, { level: 9 }).length / 1024;

const baseline = (name: string) => join(import.meta.dirname, 'baseline', `${name}.ts`);

export async function bundled(entry: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    plugins,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers', 'node:*'],
  });
  return outputFiles[0]?.text ?? '';
}

/** Resolves modules of a name to `file`, for `importer` only, or for all but `file` itself. */
function replace(name: RegExp, file: string, importer?: string): Plugin {
  return {
    name: `replace ${name}`,
    setup: ({ onResolve }) =>
      onResolve({ filter: name }, (imported) =>
        imported.importer === file || (importer !== undefined && imported.importer !== importer)
          ? null
          : { path: file },
      ),
  };
}
