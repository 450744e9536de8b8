/** Reads the schema's migrations, for databases that wrangler does not migrate. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

/** The statements of each migration, in the order in which they apply. */
export function migrations(): string[][] {
  const directory = join(root, 'migrations');
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return files
    .toSorted()
    .map((name) => readFileSync(join(directory, name), 'utf8').split('--> statement-breakpoint'));
}
