/** Headings of documents, by the anchors that they get where Markdown is shown. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `address`: a file of the repository, `#`, and an anchor. */
export function isHeading(root: string, address: string): boolean {
  const [file = '', anchor] = address.split('#');
  const path = join(root, file);
  return existsSync(path) && anchorsOf(readFileSync(path, 'utf8')).includes(anchor ?? '');
}

export function anchorsOf(markdown: string): string[] {
  return Array.from(markdown.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
