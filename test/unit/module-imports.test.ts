/** The arrows between the rooms are held by the linter: each that is not drawn is tried. */
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
const rooms = [
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
] as const;
type Room = (typeof rooms)[number];

const imports = [
  '../policy/lockout.ts',
  '../../policy/lockout.ts',
  '../flows/model/audit.ts',
  '../flows/login.ts',
  'type ../flows/login.ts',
  '../contracts/email-cookie.ts',
  './email-cookie.ts',
  '../store/users.ts',
  '../limits/client.ts',
  '../crypto/keys.ts',
  'type ../http/desk.ts',
  '../pages/home.tsx',
  '../app.ts',
  '../../tools/install.mjs',
  'hono',
  'zod',
  'zod/mini',
  'jose',
  'drizzle-orm',
  'cloudflare:workers',
] as const;

/** What each may import; everything else is refused. `./` is a neighbour of its own room. */
const allowed: Record<Room, readonly (typeof imports)[number][]> = {
  policy: ['./email-cookie.ts'],
  flows: ['./email-cookie.ts', '../policy/lockout.ts'],
  'flows/model': ['./email-cookie.ts', '../../policy/lockout.ts'],
  contracts: ['type ../flows/login.ts', 'zod/mini'],
  store: ['./email-cookie.ts', '../flows/model/audit.ts', 'type ../flows/login.ts', 'drizzle-orm'],
  limits: [
    './email-cookie.ts',
    'type ../flows/login.ts',
    '../policy/lockout.ts',
    'cloudflare:workers',
  ],
  crypto: ['./email-cookie.ts', 'type ../flows/login.ts', 'jose'],
  mail: ['./email-cookie.ts', 'type ../flows/login.ts'],
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
    'zod/mini',
    'type ../http/desk.ts',
  ],
  // With app.ts the owner of Hono; its services come from there.
  http: imports.filter((from) => !/store|limits|crypto|app\.ts|^zod$/.test(from)),
};

let directory = '';
let refused: Set<string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-rooms-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
  for (const room of rooms) {
    mkdirSync(join(directory, 'src', room), { recursive: true });
    for (const [index, from] of imports.entries()) {
      const [, type = '', path = ''] = /^(type )?(.*)$/.exec(from) ?? [];
      const probe = `import ${type}{ x } from '${path}';\nexport const y = x;\n`;
      writeFileSync(join(directory, 'src', room, `probe-${index}.ts`), probe);
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
    // It exits with 1 where it found something.
    return JSON.parse((error as { stdout: string }).stdout).diagnostics;
  }
}

it.each(rooms)('%s imports what it may, and nothing else', (room) => {
  const passing = imports.filter((_, index) => !refused.has(`${room}/probe-${index}.ts`));
  expect(passing.toSorted()).toEqual(allowed[room].toSorted());
});

it('writes to the console in src/telemetry/log.ts alone', () => {
  const writing = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((file) =>
    /\bconsole(?:\.\w|\[)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(writing.map((file) => file.replaceAll('\\', '/'))).toEqual(['src/telemetry/log.ts']);
});
