/** Checks that the files, headings and npm scripts that the documents name exist. */
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

const read = (document: string) => readFileSync(join(root, document), 'utf8');
const found = (text: string, pattern: RegExp) =>
  Array.from(text.matchAll(pattern), ([, first = '']) => first);

/** Checks that `file#heading` exists, the file relative to a folder of the repository. */
function exists(link: string, folder: string, own = ''): boolean {
  const [file, anchor] = link.split('#');
  const path = file ? join(folder, file) : own;
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || anchorsOf(read(path)).includes(anchor);
}

it.each(documents)('%s links to files and headings that exist', (document) => {
  const text = read(document);
  const links = [...found(text, /\]\(([^)\s]+)\)/g), ...found(text, /src(?:set)?="([^"]+)"/g)];
  const local = links.filter((link) => !/^(?:https?|mailto):/.test(link));
  expect(local.filter((link) => !exists(link, dirname(document), document))).toEqual([]);
});

it.each(documents)('%s names files and npm scripts that exist', (document) => {
  const text = read(document);
  const paths = found(text, /(?<![\w./-])((?:src|test|tools|docs|migrations)\/[\w./-]*\w)/g);
  const lost = paths.filter((path) => !existsSync(join(root, path)) && !/\btiny\b/.test(path));
  const scripts = found(text, /npm run (?:--silent )?([a-z:]+)/g);
  const { scripts: known } = JSON.parse(read('package.json')) as { scripts: object };
  expect([...lost, ...scripts.filter((script) => !(script in known))]).toEqual([]);
});

it('leads from each alert to a heading', () => {
  const urls = found(read('docs/operate/alerts.yml'), /runbook_url: (\S+)/g);
  expect(urls).toHaveLength(found(read('docs/operate/alerts.yml'), /- alert: (\w+)/g).length);
  expect(urls.filter((url) => !exists(url, ''))).toEqual([]);
});

it('makes the anchors that links follow', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md']));
  expect(anchorsOf('# A title\n\n## Words, that are `no` password\n#no\n')).toEqual([
    'a-title',
    'words-that-are-no-password',
  ]);
});

it('gives a reason for each dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as {
    [kind: string]: object;
  };
  const [, section = ''] = read('CONTRIBUTING.md').split('## Dependencies');
  const explained = found(section, /^\| ([^|]+?) +\|/gm).flatMap((cell) => cell.split(', '));
  expect(explained).toEqual(
    expect.arrayContaining(Object.keys({ ...dependencies, ...devDependencies })),
  );
});
