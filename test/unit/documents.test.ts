/** Holds the links between the repository's documents to files and headings that exist. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';

/** Anchors as GitHub makes them from headings. */
const anchorsOf = (markdown: string) =>
  Array.from(markdown.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

it.each(documents)('%s links to files and headings that exist', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const broken = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
    .filter((link) => !/^(?:https?|mailto):/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? join(root, document) : join(root, dirname(document), file);
      if (!existsSync(path)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(path, 'utf8')).includes(anchor);
    });
  expect(broken).toEqual([]);
});

it('makes the anchors that links follow', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md']));
  expect(anchorsOf('# A title\n\n## Words, that are `no` password\n#no\n')).toEqual([
    'a-title',
    'words-that-are-no-password',
  ]);
});
