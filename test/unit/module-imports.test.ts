/** Allowed imports between modules: the linter refuses every other one, and each is tried. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const modules = [
  'policy',
  'flows',
  'flows/model',
  'contracts',
  'store',
  'limits',
  'crypto',
  'mail',
  'telemetry',
  'pages',
  'http',
  'verify',
  'store/sessions',
  'crypto/passwords',
] as const;
type Module = (typeof modules)[number];

const imports = [
  '../policy/lockout.ts',
  '../flows/model/audit.ts',
  '../flows/login.ts',
  'type ../flows/login.ts',
  '../contracts/email-cookie.ts',
  './email-cookie.ts',
  '../store/users.ts',
  '../limits/client.ts',
  '../crypto/keys.ts',
  'type ../http/responder.ts',
  '../pages/home.tsx',
  '../app.ts',
  '../composition.ts',
  '../../tools/install.mjs',
  'hono',
  'hono/html',
  'zod',
  'zod/mini',
  'jose',
  'drizzle-orm',
  'cloudflare:workers',
] as const;

const store = [
  './email-cookie.ts',
  '../flows/model/audit.ts',
  'type ../flows/login.ts',
  'drizzle-orm',
] as const;
const crypto = ['./email-cookie.ts', 'type ../flows/login.ts', 'jose'] as const;

/**
 * The imports each module may use, as written in its top folder; all others are refused. `./` is a
 * file of the same module.
 */
const allowed: Record<Module, readonly (typeof imports)[number][]> = {
  policy: ['./email-cookie.ts'],
  flows: ['./email-cookie.ts', '../policy/lockout.ts'],
  'flows/model': ['./email-cookie.ts', '../policy/lockout.ts'],
  contracts: ['type ../flows/login.ts', 'zod/mini'],
  store,
  'store/sessions': store,
  limits: [
    './email-cookie.ts',
    'type ../flows/login.ts',
    '../policy/lockout.ts',
    'cloudflare:workers',
  ],
  crypto,
  'crypto/passwords': crypto,
  mail: ['./email-cookie.ts', 'hono/html', 'type ../flows/login.ts'],
  telemetry: [
    './email-cookie.ts',
    'type ../flows/login.ts',
    '../policy/lockout.ts',
    'cloudflare:workers',
  ],
  pages: [
    './email-cookie.ts',
    'type ../flows/login.ts',
    'hono',
    'hono/html',
    'zod/mini',
    'type ../http/responder.ts',
  ],
  verify: ['./email-cookie.ts', 'jose'],
  // app.ts passes the services to http/.
  http: imports.filter((from) => !/store|limits|crypto|app\.ts|^zod$/.test(from)),
};

let directory = '';
let refused: Set<string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-modules-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
  for (const module of modules) {
    mkdirSync(join(directory, 'src', module), { recursive: true });
    for (const [index, from] of imports.entries()) {
      const [, type = '', written = ''] = /^(type )?(.*)$/.exec(from) ?? [];
      const path = module.includes('/') ? written.replace('../', '../../') : written;
      const probe = `import ${type}{ x } from '${path}';\nexport const y = x;\n`;
      writeFileSync(join(directory, 'src', module, `probe-${index}.ts`), probe);
    }
  }
  refused = new Set(
    lint()
      .filter(({ code }) => code.includes('no-restricted-imports'))
      .map(({ filename }) => filename.replaceAll('\\', '/').split('src/').at(-1) ?? ''),
  );
});

afterAll(() => rmSync(directory, { recursive: true }));

function lint(): { code: string; filename: string }[] {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const argv = [oxlint, '--format=json', 'src'];
  const options = { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  try {
    return JSON.parse(execFileSync(process.execPath, argv, options)).diagnostics;
  } catch (error) {
    // oxlint exits with 1 if it reports anything.
    return JSON.parse((error as { stdout: string }).stdout).diagnostics;
  }
}

it.each(modules)('%s may import its allowed modules, and no others', (module) => {
  const passing = imports.filter((_, index) => !refused.has(`${module}/probe-${index}.ts`));
  expect(passing.toSorted()).toEqual(allowed[module].toSorted());
});

it('writes to the console in src/telemetry/log.ts alone', () => {
  const writing = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((file) =>
    /\bconsole(?:\.\w|\[)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(writing.map((file) => file.replaceAll('\\', '/'))).toEqual(['src/telemetry/log.ts']);
});
