/**
 * `npm run pack:verify` makes the package `gatehouse` of services behind Gatehouse, whose only module is
 * `gatehouse/verify`: one file with jose inside, its types, and no dependency. It is packed to
 * dist/gatehouse-<version>.tgz, for `npm install` by path.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readArguments } from './command-line.ts';
import { environment, root } from './install.mjs';

const source = join(root, 'src', 'verify');

/** Makes the package below `parent`, and returns the path of the packed file. */
export async function packVerify(parent: string): Promise<string> {
  const directory = join(parent, 'verify');
  mkdirSync(directory, { recursive: true });
  const jose = readFileSync(join(root, 'node_modules', 'jose', 'LICENSE.md'), 'utf8');
  await build({
    entryPoints: [join(source, 'index.ts')],
    outfile: join(directory, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    banner: { js: `/*! Includes jose.\n${jose}*/` },
  });
  execFileSync('tsc', ['--project', source, '--outDir', directory], { env: environment });
  const { version, license, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const description = 'Verifies the access tokens of Gatehouse';
  const exports = { './verify': { types: './index.d.ts', default: './index.js' } };
  const manifest = { name: 'gatehouse', version, description, license, type: 'module', engines };
  writeFileSync(
    join(directory, 'package.json'),
    `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`,
  );
  copyFileSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  const argv = ['pack', directory, '--pack-destination', parent, '--silent'];
  const name = execFileSync('npm', argv, { cwd: parent, env: environment, encoding: 'utf8' });
  return join(parent, name.trim());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArguments('npm run pack:verify', {});
  console.log(`Packed ${await packVerify(join(root, 'dist'))}.`);
}
