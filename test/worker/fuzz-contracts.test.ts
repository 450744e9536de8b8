/**
 * Pages, documents, metrics and the operator's interface, whatever is sent: never a failure of
 * ours, protected like all the rest, nothing of the caller's becomes markup or leads elsewhere, and
 * no operator's route opens without the token. house() holds the operator's answers against their
 * document.
 */
import * as fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { createTestApp, type Answer } from '../support/test-app.ts';
import { operatorToken } from '../support/operator.ts';
import { changeOf } from '../support/fuzz/changes.ts';
import { MARK } from '../support/fuzz/edits.ts';
import { captureConsole, type CapturedConsole } from '../support/fuzz/captured-console.ts';
import { flawsOfHeaders, flawsOfPermissions } from '../support/fuzz/invariants.ts';
import { otherContracts } from '../support/fuzz/other-contracts.ts';
import { changed, requestInit, type Change, type Outgoing } from '../support/fuzz/outgoing.ts';
import { ALLOWED_ORIGIN } from '../support/fuzz/fixture.ts';

const RUNS_EACH = 120;
/** A refusal of each kind, and what a run once failed on. */
const kept: [Change[]][] = [
  [[{ lastSegment: { put: 'a%00b' } }]],
  [[{ path: { insert: '&limit=0', at: 100 } }]],
  [[{ which: 0, json: '5' }]],
  [
    [
      { header: 'Authorization', value: null },
      { header: 'Origin', value: 'null' },
    ],
  ],
  [[{ method: 'PATCH' }]],
  [[{ extra: '\udfffx', json: '""', first: false }]],
  [[{ text: { insert: '&return_to=//evil.example/', at: 100 } }]],
  [[{ text: { insert: '&return_to=https://evil.example/', at: 100 } }]],
  [[{ text: { insert: '&return_to=https://app.example.com/', at: 100 } }]],
  [[{ prefix: 'nobody' }]],
  [[{ path: { form: 'percent' } }]],
  [[{ lastSegment: { form: 'percent' } }]],
];

const { fetch } = createTestApp({ ALLOWED_ORIGINS: [ALLOWED_ORIGIN] });

let ear: CapturedConsole;
beforeEach(() => {
  ear = captureConsole();
  return () => void vi.restoreAllMocks();
});

const NONCE = "'nonce-[\\da-f-]{36}'";
/** What a page may be, where data may be nothing. */
const OF_PAGES = {
  'Content-Security-Policy': new RegExp(
    `^default-src 'none'; script-src ${NONCE}; base-uri 'none'; frame-ancestors 'none'; style-src ${NONCE}; (?!.*unsafe)(?!.*\\*)`,
  ),
  'Referrer-Policy': /^same-origin$/,
};
/** What anyone may have, and keep. */
const OF_DOCUMENTS = { 'Cache-Control': /^public, max-age=\d+$/ };

function flawsOf(outgoing: Outgoing, sent: Headers, answer: Answer): string[] {
  const { status, headers, text } = answer;
  const type = headers.get('Content-Type') ?? '';
  const isPage = type.startsWith('text/html');
  const { pathname } = new URL(urlOf(outgoing));
  const isOperators = /^\/(?:admin|metrics|openapi\/admin\.json)(?:\/|$)/.test(pathname);
  const isKept =
    status < 400 && !isOperators && /^\/(?:openapi|\.well-known)\//.test(outgoing.path);
  const location = headers.get('Location');
  const told = [...headers].filter(([name]) => !/^(?:link|location)$/.test(name)).join('\n');
  const broken: [boolean, string][] = [
    [status >= 500, `a failure of ours: ${status} ${text}`],
    [told.includes(MARK), 'what was sent comes back in a header'],
    [isPage && text.includes(`<${MARK}`), 'what was sent becomes markup'],
    [isPage && type !== 'text/html; charset=utf-8', type],
    [
      location !== null && !/^\/(?!\/)|^https:\/\/app\.example\.com\//.test(location),
      `${location}`,
    ],
    [status >= 400 && headers.getSetCookie().length > 0, 'a cookie with a refusal'],
    [status === 405 && !headers.has('Allow'), 'no Allow'],
    [isOperators && status < 300 && !isOpened(outgoing, sent), 'opened without the token'],
    [text.includes(operatorToken), 'the token comes back'],
  ];
  return [
    ...flawsOfHeaders(answer, isPage ? OF_PAGES : isKept ? OF_DOCUMENTS : {}),
    ...flawsOfPermissions(answer, sent),
    ...broken.filter(([is]) => is).map(([, flaw]) => flaw),
  ];
}

const urlOf = ({ origin, path }: Outgoing) => origin + path;

const isOpened = ({ method }: Outgoing, sent: Headers): boolean =>
  (method === 'OPTIONS' && sent.has('Access-Control-Request-Method')) ||
  new RegExp(`^Bearer +${operatorToken}$`, 'i').test(sent.get('Authorization') ?? '');

it.each(otherContracts)('keeps its laws at $name, whatever is sent', async (contractCase) => {
  const reached = new Map<number, number>();
  const hasFields = /set-role|form/.test(contractCase.name);
  const changes = fc.array(changeOf(hasFields), { maxLength: 2 });
  const property = fc.asyncProperty(changes, async (changes) => {
    let outgoing = await contractCase.ready();
    for (const change of changes) outgoing = changed(outgoing, change);
    const init = requestInit(outgoing);
    if (init === null) return;
    ear.take();
    const { origin, path } = outgoing;
    const answer = await fetch(path, { ...init, origin });
    const log = ear.take().join('\n');
    expect(flawsOf(outgoing, init.headers, answer)).toEqual([]);
    for (const secret of [operatorToken, '"event":"failure"']) expect(log).not.toContain(secret);
    reached.set(answer.status, (reached.get(answer.status) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: RUNS_EACH, examples: kept });
  expect(reached.get(contractCase.granted)).toBeGreaterThan(RUNS_EACH / 5);
  expect(contractCase.refused.filter((status) => !reached.has(status))).toEqual([]);
});
