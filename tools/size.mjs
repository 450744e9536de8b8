/** Builds what would be deployed, without deploying, and fails if it or a page's script has grown too large. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readArguments } from './command-line.ts';
import { environment, root } from './install.mjs';

/**
 * Eighty-seven for the API, ten of them the common passwords that may not be set
 * (src/policy/common-list.ts); twenty-five for the pages; twenty-one for operators and for verifying
 * what other systems have hashed; eight for routes of any shape and the operations that foreign wires
 * need; five for those wires; twenty-one for second factors, four of them QR codes and five pages;
 * thirteen for passkeys, three of them their verification; thirteen for operators' accounts and page, the account page, the transfer of
 * sessions, brand and e-mails of new devices. Of the languages only English is part of it.
 */
const MOST_KIB = 193;
/** Of each script of the pages; the API reference, which is Swagger UI, is none of them. */
const MOST_SCRIPT_BYTES = 7_168;

readArguments('npm run size', {});
const out = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
const options = { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'inherit'] };
execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', out], options);
const bundle = readFileSync(join(out, 'worker.js'));
rmSync(out, { recursive: true });

const kib = gzipSync(bundle, { level: 9 }).length / 1024;
console.log(`The bundle has ${kib.toFixed(1)} KiB gzip, of ${MOST_KIB} allowed.`);
if (kib > MOST_KIB) process.exitCode = 1;

const scripts = join(root, 'dist', 'assets', 'assets');
for (const name of readdirSync(scripts).filter((name) => /^(?!docs\.).*\.js$/.test(name))) {
  const bytes = gzipSync(readFileSync(join(scripts, name)), { level: 9 }).length;
  console.log(`${name} has ${bytes} bytes gzip, of ${MOST_SCRIPT_BYTES} allowed.`);
  if (bytes > MOST_SCRIPT_BYTES) process.exitCode = 1;
}
