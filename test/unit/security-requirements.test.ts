/** Holds docs/security.md against the standards' numbering and the tests that it names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';

/** Chapter of ASVS 5.0.0 → number of requirements in each of its sections. */
const ASVS = {
  V3: [1, 3, 5, 8, 8, 1, 5],
  V4: [5, 5, 2, 4],
  V6: [3, 12, 8, 6, 8, 4, 2, 4],
  V7: [3, 4, 2, 5, 3, 2],
  V9: [3, 4],
  V16: [1, 5, 4, 3, 4],
};
/** Section of NIST SP 800-63B-4 → our names for its requirements, which have no numbers. */
const NIST = {
  '2.2': 'types replay intent channel fips phishing timeout inactivity',
  '3.1.2': 'random delivery prompt once hashed',
  '3.1.4': 'strength nonce protected binding once throttling',
  '3.1.6': 'protected strength nonce cryptography',
  '3.1.7': 'activation',
  '3.2.5': 'cryptography binding identifier',
  '4.1.2': 'level notice several record',
  '4.2': 'recovery replaced',
  '3.1.1.2':
    'length maximum ascii unicode code-points composition rotation compromise hints questions ' +
    'whole normalization advice blocklist entire reason size guidance throttling managers paste ' +
    'display channel offline cost growth scheme output salt stored reference keyed key-origin ' +
    'key-apart key-hardware',
  '3.2.2': 'hundred rebind success',
};
const REQUIRED = [
  ...Object.entries(ASVS).flatMap(([chapter, sections]) =>
    sections.flatMap((count, index) =>
      Array.from({ length: count }, (_, n) => `${chapter}.${index + 1}.${n + 1}`),
    ),
  ),
  ...Object.entries(NIST).flatMap(([section, names]) =>
    names.split(' ').map((name) => `${section}-${name}`),
  ),
];

/** Full titles of the tests that run, nested as the formatter indents them. */
function runningTests(source: string): string[] {
  const open: { indent: number; title: string; runs: boolean }[] = [];
  return [...source.matchAll(/^( *)(?:it|test|describe)((?:\.\w+)*)(?=[(<])/gm)].map((call) => {
    const [head, { length: indent } = '', modifiers = ''] = call;
    const table = /\.(?:each|for)\b/.test(modifiers) ? String.raw`[^]*?\)` : '';
    const title = new RegExp(`^${table}\\(\\s*(['"\`])(.*?)\\1,`);
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    open.push({
      indent,
      title: title.exec(source.slice(call.index + head.length))?.[2] ?? '',
      runs: /^(?:\.(?:each|for))*$/.test(modifiers),
    });
    return open.every(({ runs }) => runs) ? open.map(({ title }) => title).join(' › ') : '';
  });
}

const read = (file: string) => {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

/** Headings are left to documents.test.ts, which follows every link. */
function flawsOfEvidence(item: string): string[] {
  if (/^\[[^\]]+\]\([^)]+#[^)]+\)$/.test(item)) return [];
  const [, file, titles] = /^`(test\/[^`]+\.test\.ts)` › "(.*)"$/.exec(item) ?? [];
  if (file === undefined || titles === undefined) return [`unreadable evidence: ${item}`];
  const running = runningTests(read(file));
  return titles
    .split('", "')
    .filter((title) => !running.includes(title))
    .map((title) => `no test "${title}" runs in ${file}`);
}

/** Every way in which the document falls short of its promise. */
function flawsOf(document: string): string[] {
  const rows = document
    .split('\n')
    .filter((line) => /^\| [V\d]\S+ \(/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name = '', asks, status = '', reason, evidence = '']) => {
      const [id = ''] = name.split(' ');
      const ids = REQUIRED.filter((one) => one === id || one.startsWith(`${id}.`));
      return { id, ids, asks, status, reason, items: evidence.split('<br>').filter(Boolean) };
    });
  const found = rows.flatMap(({ ids }) => ids);
  const unmet = rows.filter(({ status }) => status === 'not met').map(({ id }) => id);
  return [
    ...REQUIRED.filter((id) => !found.includes(id)).map((id) => `${id} is missing`),
    ...found.filter((id, at) => found.indexOf(id) < at).map((id) => `${id} stands twice`),
    ...(document.includes(`\nNot met: ${unmet.join(', ')}.\n`) ? [] : ['"Not met:" is wrong']),
    ...rows.flatMap(({ id, ids, asks, status, reason, items }) => {
      const flaws = items.flatMap(flawsOfEvidence);
      if (ids.length === 0) flaws.push('no such requirement');
      if (!asks || !reason) flaws.push('no reason');
      if (!/^(?:met|not met|deployment|does not apply)$/.test(status)) flaws.push('no status');
      if (status === 'met' && items.length === 0) flaws.push('no evidence');
      return flaws.map((flaw) => `${id}: ${flaw}`);
    }),
  ];
}

describe('docs/security.md', () => {
  const document = read('docs/security.md');
  const present = flawsOf(document);

  it('has every requirement once, with a reason and evidence that exists', () => {
    expect(present).toEqual([]);
  });

  it.each<[string, RegExp, string, string]>([
    ['a row is missing', /^\| V3\.4\.4 .*\n/m, '', 'V3.4.4 is missing'],
    ['a row stands twice', /^\| V3\.4\.4 .*\n/m, '$&$&', 'V3.4.4 stands twice'],
    [
      'an id is unknown',
      /^(\| V3\.4\.)4 .*\n/m,
      '$&$19 (L1) | a | deployment | b |  |\n',
      'V3.4.9: no',
    ],
    ['a reason is missing', /^(\| V6\.3\.3 .* \| not met \|)[^|]*/m, '$1 ', 'V6.3.3: no reason'],
    ['evidence is missing', /^(\| V3\.4\.4 .* \|).* \|$/m, '$1  |', 'V3.4.4: no evidence'],
    ['a status is none', /^(\| V3\.4\.4 .*) \| met/m, '$1 | half', 'V3.4.4: no status'],
    ['the list leaves one out', /(\nNot met:) \S+/, '$1', '"Not met:" is wrong'],
    ['a title is no test', /^(\| V3\.4\.4 .* › ")/m, '$1no ', 'V3.4.4: no test "no '],
    ['a file does not exist', /^(\| V3\.4\.4 .*`test\/)/m, '$1no/', 'runs in test/no/'],
  ])('is refused where %s', (...[, from, to, flaw]) => {
    const flaws = flawsOf(document.replace(from, to)).filter((one) => !present.includes(one));
    expect(flaws.join('\n')).toContain(flaw);
    expect(flaws).toHaveLength(1);
  });

  it('takes no test for evidence that is skipped, alone or with its suite, or commented out', () => {
    const call = (head: string, body = '') => `${head}('${head}', () => {\n${body}});\n`;
    const each = "  it.each<[string]>([\n    ['a'],\n  ])('each %s', (a) => {\n  });\n";
    const source =
      call('describe.skip', call('  it')) +
      call(
        'describe',
        call('  it.skip') + call('  it.todo') + call('  // it') + each + call('  it'),
      );
    expect(runningTests(source).filter(Boolean)).toEqual([
      'describe',
      'describe › each %s',
      'describe ›   it',
    ]);
  });
});
