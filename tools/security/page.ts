/** Writes docs/security.md: counts, limits, and every requirement with what proves it. */
import { KNOWN } from './known.ts';
import { limitRows, sessionRows, type Row } from './limits.ts';
import {
  idsOf,
  statusOf,
  STATUSES,
  type Chapter,
  type Requirement,
  type Status,
} from './requirements.ts';

const SAID: Readonly<Record<Status, string>> = {
  tested: 'met, with tests',
  documented: 'met, by a document',
  deployment: 'left to the deployment',
  unmet: 'not met',
  inapplicable: 'does not apply',
};

const HEAD = `# What the standards ask for

<!-- Made by \`npm run security\` from tools/security/requirements/. Do not edit. -->

Every requirement of OWASP ASVS 5.0.0 in chapters V6, V7 and V9 (authentication, sessions, tokens) and
in V3, V4 and V16 (web frontend, API, logs), and of NIST SP 800-63B-4 in 3.1.1.2 and 3.2.2 (passwords,
throttling): how Gatehouse meets it and which tests check that, or why not. The standards are told in
our own words; theirs count ([ASVS](https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en), CC BY-SA 4.0;
[SP 800-63B-4](https://pages.nist.gov/800-63-4/sp800-63b.html)). Nobody but its authors has verified
any of it.

\`npm run security -- --check\`, part of \`.ci/run\`, fails where a requirement is missing or there twice,
has neither evidence nor a reason, or names a test that does not exist or is skipped. That a test passes
is what \`npm test\` says. Names of tests are templates where one stands for many cases. What attackers
may try, and what is left to them, is in [SECURITY.md](../SECURITY.md).`;

export function pageOf(chapters: readonly Chapter[]): string {
  const parts = [
    HEAD,
    '## How many are met',
    counts(chapters),
    '## Not met',
    'In short; the reasons are below.',
    listed(chapters, 'unmet'),
    '## Limits',
    'As the code has them where no setting says otherwise.',
    table(['what', 'how much', 'setting'], limitRows()),
    table(['contract', 'access token', 'ends when idle for', 'ends at last after'], sessionRows()),
    ...chapters.flatMap((chapter) => [
      `## ${chapter.standard}: ${chapter.title}`,
      ...chapter.sections.flatMap(({ title, requirements }) => [
        `### ${title}`,
        table(['', 'asked for', '', 'how, or why not'], requirements.map(rowOf)),
      ]),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function counts(chapters: readonly Chapter[]): string {
  const rows = chapters.map((chapter): Row => {
    const found = ofChapter(chapter);
    const number = (status: Status) => sum(found.filter((one) => statusOf(one) === status));
    return [chapter.title, String(sum(found)), ...STATUSES.map((status) => String(number(status)))];
  });
  const totals = rows[0]
    ?.slice(1)
    .map((_, column) => String(rows.reduce((total, row) => total + Number(row[column + 1]), 0)));
  const heads = ['', 'in all', ...STATUSES.map((status) => SAID[status])];
  return table(heads, [...rows, ['**all**', ...(totals ?? [])]]);
}

const ofChapter = ({ sections }: Chapter) => sections.flatMap(({ requirements }) => requirements);

const sum = (requirements: readonly Requirement[]) =>
  requirements.reduce((total, one) => total + idsOf(one, KNOWN.keys()).length, 0);

function listed(chapters: readonly Chapter[], status: Status): string {
  return chapters
    .flatMap(ofChapter)
    .filter((one) => statusOf(one) === status)
    .map((one) => `- ${named(one)}: ${one.asks}`)
    .join('\n');
}

/** With the level: of ASVS, or NIST's verb. */
function named(requirement: Requirement): string {
  const ids = idsOf(requirement, KNOWN.keys());
  const levels = [...new Set(ids.map((id) => KNOWN.get(id)))];
  const level = levels.map((one) => (typeof one === 'number' ? `L${one}` : String(one))).join(', ');
  const [first = requirement.id] = ids;
  const range = ids.length > 1 ? `${first} to ${ids.at(-1)?.split('.').at(-1)}` : first;
  return `**${range}** (${level})`;
}

function rowOf(requirement: Requirement): Row {
  const { asks, how, document, tests = {}, deployment, unmet, inapplicable } = requirement;
  const status = statusOf(requirement) ?? 'unmet';
  const reason = how ?? deployment ?? unmet ?? inapplicable ?? '';
  const checks = Object.entries(tests).map(
    ([file, names]) =>
      `[${file}](../test/${file}): ${names.map((name) => `“${escaped(name.replaceAll(' > ', ' › '))}”`).join(', ')}`,
  );
  const shown = document === undefined ? [] : [`[${document.replace('#', ', ')}](../${document})`];
  return [
    named(requirement),
    asks,
    status === 'tested' || status === 'documented' ? 'met' : SAID[status],
    [reason, ...shown, ...checks].join('<br>'),
  ];
}

const escaped = (name: string) => name.replaceAll(/[\\`*_{}[\]<>|$~]/g, String.raw`\$&`);

function table(heads: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
