/** A copy of the tools and of what they need: some change .dev.vars, which every instance of this folder reads. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { root } from '../../tools/install.mjs';

const PARTS = ['src', 'test', 'tools', 'migrations', 'docs/api', 'package.json', 'wrangler.toml'];

/** Returns its folder, which is removed after the tests of the file. */
export function copyTools(): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-tools-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of PARTS) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
