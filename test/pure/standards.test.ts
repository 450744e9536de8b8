/** What the standards table is held to: nothing left out, nothing twice, and evidence that exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';
import { anchorsOf, isHeading } from '../../tools/security/headings.ts';
import { KNOWN } from '../../tools/security/known.ts';
import { span } from '../../tools/security/limits.ts';
import {
  flawsOf,
  readChapters,
  statusOf,
  type Evidence,
  type Requirement,
} from '../../tools/security/requirements.ts';
import { flawOfTest, type Found } from '../../tools/security/tests.ts';

const found: Found = new Map([
  [
    'worker/a.test.ts',
    new Map([
      ['runs', 'run'],
      ['rests', 'skipped'],
    ]),
  ],
]);
const evidence: Evidence = {
  known: ['V1.1.1', 'V1.1.2', 'V1.2.1'],
  flawOfTest: (file, name) => flawOfTest(found, file, name),
  isDocument: (address) => address === 'SECURITY.md#there',
};
const met = (id: string): Requirement => ({
  id,
  asks: 'something',
  how: 'somehow',
  tests: { 'worker/a.test.ts': ['runs'] },
});
const flaws = (...requirements: Requirement[]) =>
  flawsOf([{ standard: 's', title: 't', sections: [{ title: 'u', requirements }] }], evidence);

describe('the standards table', () => {
  it('is well where everything known is there once, with evidence or a reason', () => {
    const document = 'SECURITY.md#there';
    expect(flaws(met('V1.1.1'), met('V1.1.2'), met('V1.2.1'))).toEqual([]);
    expect(
      flaws(
        { id: 'V1.1', asks: 'a', inapplicable: 'because' },
        { id: 'V1.2.1', asks: 'a', how: 'b', document },
      ),
    ).toEqual([]);
  });

  it('misses what is left out, knows no others, and takes none twice', () => {
    expect(flaws(met('V1.1'))).toEqual(['V1.2.1 is missing']);
    expect(flaws(met('V1.1'), met('V1.2.1'), met('V1.2.2'))).toEqual(['V1.2.2 is no requirement']);
    expect(flaws(met('V1.1'), met('V1.2.1'), met('V1.1.2'))).toEqual(['V1.1.2 is there 2 times']);
  });

  it.each<[string, string, string]>([
    ['is not there', 'nowhere', 'no such test'],
    ['is skipped', 'rests', 'a test that is skipped'],
  ])('takes no test that %s', (_, name, flaw) => {
    const tests = { 'worker/a.test.ts': ['runs', name] };
    expect(flaws({ ...met('V1.1'), tests }, met('V1.2'))).toEqual([
      `V1.1: ${flaw}: worker/a.test.ts, "${name}"`,
    ]);
  });

  it('takes no test of a file that is not there, and no document', () => {
    const tests = { 'worker/b.test.ts': ['runs'] };
    expect(flaws({ ...met('V1.1'), tests }, met('V1.2'))).toEqual([
      'V1.1: no such file of tests: worker/b.test.ts, "runs"',
    ]);
    const document = 'SECURITY.md#elsewhere';
    expect(flaws({ ...met('V1.1'), document }, met('V1.2'))).toEqual([
      'V1.1: there is no SECURITY.md#elsewhere',
    ]);
  });

  it.each<[string, Partial<Requirement>]>([
    ['nothing', {}],
    ['a way without evidence', { how: 'somehow' }],
    ['evidence without a way', { tests: { 'worker/a.test.ts': ['runs'] } }],
    ['a way and a reason against it', { how: 'somehow', unmet: 'because' }],
    ['two reasons', { unmet: 'because', inapplicable: 'because' }],
    ['a document and a reason', { document: 'SECURITY.md#there', unmet: 'because' }],
  ])('takes no requirement of which is said: %s', (_, said) => {
    expect(statusOf({ id: 'V1.1', asks: 'a', ...said })).toBeNull();
    expect(flaws({ id: 'V1.1', asks: 'a', ...said }, met('V1.2'))).toHaveLength(1);
  });

  it('has every requirement of its chapters and sections', () => {
    const chapters = readChapters(join(root, 'tools', 'security', 'requirements'));
    const all = {
      ...evidence,
      known: KNOWN.keys(),
      flawOfTest: () => null,
      isDocument: () => true,
    };
    expect(flawsOf(chapters, all)).toEqual([]);
    expect(KNOWN.size).toBe(31 + 16 + 47 + 19 + 7 + 17 + 38);
  });

  it('finds headings by the anchors that readers follow', () => {
    expect(anchorsOf('# A title\n\n## Words, that are `no` password\n#no\n')).toEqual([
      'a-title',
      'words-that-are-no-password',
    ]);
  });

  it.each([
    [900, '15 minutes'],
    [1, '1 second'],
    [86_400, '1 day'],
    [90, '90 seconds'],
    [7_776_000, '90 days'],
  ])('says %i seconds in words', (seconds, words) => expect(span(seconds)).toBe(words));
});

describe('the threat model', () => {
  it('leads to files and headings that are there', () => {
    const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
    const led = Array.from(text.matchAll(/\]\(([^)]+)\)/g), ([, to = '']) => to);
    expect(led.length).toBeGreaterThan(50);
    const lost = led.filter((to) =>
      to.includes('#') ? !isHeading(root, to) : !existsSync(join(root, to)),
    );
    expect(lost).toEqual([]);
  });
});

describe('the log', () => {
  it('is written in one place, and the console nowhere else', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const speaking = sources
      .filter((file) => /\.tsx?$/.test(file))
      .filter((file) => /\bconsole(?:\.\w|\[)/.test(readFileSync(join(root, 'src', file), 'utf8')));
    expect(speaking.map((file) => file.replaceAll('\\', '/'))).toEqual(['observe/log.ts']);
  });
});
