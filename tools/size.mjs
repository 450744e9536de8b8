/** Builds what would be deployed, without deploying, and fails if it has grown too large. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { environment, root } from './install.mjs';

/** 9.6 of them are the common passwords that may not be set (src/policy/common-list.ts). */
const MOST_KIB = 116;

const out = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
const options = { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'inherit'] };
execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', out], options);
const bundle = readFileSync(join(out, 'worker.js'));
rmSync(out, { recursive: true });

const kib = gzipSync(bundle, { level: 9 }).length / 1024;
console.log(`The bundle has ${kib.toFixed(1)} KiB gzip, of ${MOST_KIB} allowed.`);
if (kib > MOST_KIB) process.exit(1);
