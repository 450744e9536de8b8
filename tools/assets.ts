/**
 * Makes dist/assets, the Worker's static assets: styles and scripts of the pages under names that
 * carry a hash of their content, the texts of each language, and the contracts' OpenAPI documents. wrangler runs it before it
 * builds or serves, vitest before it tests. What is the same already is left alone.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { texts } from '../src/languages/all.ts';
import { root } from './install.mjs';

const pages = join(root, 'src', 'pages');
const out = join(root, 'dist', 'assets');

/** The documents' folder in the repository, and what the pages load. */
export async function makeAssets(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: {
      page: join(pages, 'client', 'page.ts'),
      home: join(pages, 'client', 'home.ts'),
      factors: join(pages, 'client', 'factors.ts'),
      passkeys: join(pages, 'client', 'passkeys.ts'),
      profile: join(pages, 'client', 'profile.ts'),
      security: join(pages, 'client', 'security.ts'),
      admin: join(pages, 'client', 'admin.ts'),
      'admin-proof': join(pages, 'client', 'admin-proof.ts'),
      docs: join(pages, 'client', 'docs.ts'),
      'page-style': join(pages, 'style', 'page.css'),
      'admin-style': join(pages, 'style', 'admin.css'),
      'docs-style': join(pages, 'style', 'docs.css'),
    },
    outdir: out,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    tsconfig: join(pages, 'client', 'tsconfig.json'),
    logLevel: 'warning',
    legalComments: 'none',
  });
  await stop();

  const made = new Map<string, Uint8Array>();
  const names: Record<string, string> = {};
  const add = (name: string, content: Uint8Array) => {
    const { name: stem, ext } = parse(name);
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    names[name] = `${stem}.${hash}${ext}`;
    made.set(join('assets', names[name]), content);
  };
  for (const { path, contents } of outputFiles) {
    add(parse(path).base.replace('-style', ''), contents);
  }
  add('mark.svg', fs.readFileSync(join(pages, 'style', 'mark.svg')));
  made.set(join('assets', 'names.json'), Buffer.from(`${JSON.stringify(names)}\n`));
  for (const [tag, content] of Object.entries(texts)) {
    // English is part of the Worker's code.
    if (tag !== 'en')
      made.set(join('languages', `${tag}.json`), Buffer.from(JSON.stringify(content)));
  }
  const documents = join(root, 'docs', 'api');
  for (const file of fs.readdirSync(documents).filter((name) => name.endsWith('.json'))) {
    made.set(join('openapi', file), fs.readFileSync(join(documents, file)));
  }
  put(made);
}

/** Removes stale files last, so that a reader finds the files of the names that it has. */
function put(made: Map<string, Uint8Array>): void {
  for (const [file, content] of made) {
    const path = join(out, file);
    if (fs.existsSync(path) && fs.readFileSync(path).equals(content)) continue;
    fs.mkdirSync(parse(path).dir, { recursive: true });
    // Renamed into place: other instances and test runs may read the file at any time.
    const beside = join(root, 'dist', `asset-${process.pid}`);
    fs.writeFileSync(beside, content);
    fs.renameSync(beside, path);
  }
  for (const entry of fs.readdirSync(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(path.slice(out.length + 1))) fs.rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeAssets();
