/** Builds what is measured: the bundle as it is deployed, and the floors beside it. */
import { execFileSync, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, stop, type Plugin } from 'esbuild';
import { environment, root } from '../install.mjs';

const floors = ['calls', 'derives', 'hono', 'no-op', 'counted'] as const;
export type Script = 'app' | 'unsliced' | 'distant' | (typeof floors)[number];

export interface Built {
  scripts: Record<Script, string>;
  gzipKib: number;
}

/** `readable` keeps the names, for a profile. */
export async function buildAll(directory: string, readable = false): Promise<Built> {
  const bundle = buildDeployed(directory, readable);
  const app = readFileSync(bundle, 'utf8');
  const beside = join(import.meta.dirname, 'distance');
  const scripts: [Script, string][] = await Promise.all([
    ...floors.map(async (name): Promise<[Script, string]> => [name, await bundled(at(name))]),
    bundled(join(root, 'src', 'worker.ts'), [
      instead(/\/crypto\/password\.ts$/, at('unsliced')),
    ]).then((script): [Script, string] => ['unsliced', script]),
    bundled(join(beside, 'entry.ts'), [
      instead(/\/src\/worker\.ts$/, bundle),
      instead(/^cloudflare:workers$/, join(beside, 'platform.ts'), bundle),
    ]).then((script): [Script, string] => ['distant', script]),
  ]);
  await stop();
  return {
    scripts: { app, ...Object.fromEntries(scripts) } as Built['scripts'],
    gzipKib: gzipKib(app),
  };
}

interface Other {
  cwd: string;
  script: string;
}

/** Answers the path of the Worker, or of another's, as `wrangler deploy` would send it. */
export function buildDeployed(directory: string, readable = false, other?: Other): string {
  const name = other === undefined ? 'worker' : basename(other.script, '.ts');
  const deployed = join(directory, `deployed-${name}`);
  const argv = ['deploy', '--dry-run', '--outdir', deployed, `--minify=${!readable}`];
  if (other !== undefined) argv.push(other.script);
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit'];
  execFileSync('wrangler', argv, { cwd: other?.cwd ?? root, env: environment, stdio });
  return join(deployed, `${name}.js`);
}

export const gzipKib = (script: string): number => gzipSync(script, { level: 9 }).length / 1024;

const at = (name: string) => join(import.meta.dirname, 'baseline', `${name}.ts`);

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

/** `file` is taken for every module of that name, by `one` or else by all but itself. */
function instead(name: RegExp, file: string, one?: string): Plugin {
  return {
    name: `instead of ${name}`,
    setup: ({ onResolve }) =>
      onResolve({ filter: name }, ({ importer }) =>
        importer === file || (one !== undefined && importer !== one) ? null : { path: file },
      ),
  };
}
