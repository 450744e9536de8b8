/**
 * `npm run security` writes docs/security.md from requirements/ and the tests there are. With
 * `--check` it writes nothing, and fails where the page is not what it would write. Where a
 * requirement lacks its evidence it fails either way, and says what is wrong.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../install.mjs';
import { isHeading } from './headings.ts';
import { KNOWN } from './known.ts';
import { pageOf } from './page.ts';
import { flawsOf, readChapters } from './requirements.ts';
import { flawOfTest, testsThereAre } from './tests.ts';

const checking = process.argv.includes('--check');
const path = join(root, 'docs', 'security.md');

const chapters = readChapters(join(import.meta.dirname, 'requirements'));
const found = await testsThereAre();
const flaws = flawsOf(chapters, {
  known: KNOWN.keys(),
  flawOfTest: (file, name) => flawOfTest(found, file, name),
  isDocument: (address) => isHeading(root, address),
});
for (const flaw of flaws) console.error(flaw);

const page = pageOf(chapters);
const isStale = !existsSync(path) || readFileSync(path, 'utf8') !== page;
if (isStale && checking) {
  console.error('docs/security.md is stale. Run `npm run security` and commit what it writes.');
}
if (isStale && !checking) {
  writeFileSync(path, page);
  console.log('Wrote docs/security.md.');
}
// Not left to the event loop: what reads the tests may keep it turning.
process.exit(flaws.length > 0 || (isStale && checking) ? 1 : 0);
