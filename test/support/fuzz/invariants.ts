/** What holds of every answer, whatever was sent. */
import type { Answer } from '../test-app.ts';
import {
  flawsOfAnswer,
  flawsOfRequest,
  methodsAt,
  operationAt,
  operationsOf,
  type Exchange,
} from '../published.ts';
import { MARK } from './edits.ts';
import { bodyOf, type Outgoing } from './outgoing.ts';
import { ALLOWED_ORIGIN, ORIGIN, type Ready } from './fixture.ts';

/** Of JSON; pages have their own of some. */
const PROTECTED: Readonly<Record<string, RegExp>> = {
  'Cache-Control': /^no-store$/,
  'Content-Security-Policy':
    /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox$/,
  'Cross-Origin-Resource-Policy': /^same-site$/,
  'Referrer-Policy': /^no-referrer$/,
  'Strict-Transport-Security': /^max-age=63072000; includeSubDomains$/,
  Vary: /\bOrigin\b/,
  'X-Content-Type-Options': /^nosniff$/,
  'X-Frame-Options': /^DENY$/,
  'X-Request-Id': /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
};

/** What only our own code and its tools say: stacks, types of errors, SQL. */
const INTERNAL =
  /\b\w*Error:|\bat (?:async )?[\w.$]+ \(|\.tsx?:\d|node_modules|D1_|SQLITE|drizzle|zod|\bSELECT\b|\bINSERT\b|undefined|\[object /i;

/** Broken laws of an answer's headers and text, by name; empty where there are none. */
export function flawsOfHeaders(
  answer: Answer,
  but: Readonly<Record<string, RegExp>> = {},
): string[] {
  const { headers } = answer;
  return Object.entries({ ...PROTECTED, ...but }).flatMap(([name, allowed]) => {
    const value = headers.get(name);
    return value !== null && allowed.test(value) ? [] : [`${name}: ${value}`];
  });
}

/** No more is let in than the one listed origin, and no cookie is set that scripts could read. */
export function flawsOfPermissions({ headers }: Answer, sent: Headers): string[] {
  const flaws: string[] = [];
  const allowed = headers.get('Access-Control-Allow-Origin');
  const isListed = sent.get('Origin') === ALLOWED_ORIGIN;
  if (allowed !== (isListed ? ALLOWED_ORIGIN : null)) flaws.push(`lets ${allowed} read`);
  for (const cookie of headers.getSetCookie()) {
    if (!/; HttpOnly; Secure; SameSite=Strict\b/.test(cookie)) flaws.push(`sets ${cookie}`);
  }
  return flaws;
}

export interface Sent {
  contract: string;
  ready: Ready;
  outgoing: Outgoing;
  headers: Headers;
}

/** Broken laws of a contract's answer. */
export function violationsOf(sent: Sent, answer: Answer, heard: readonly string[]): string[] {
  const { contract, outgoing, headers } = sent;
  const { method, pathname: path } = target(outgoing);
  const { status, text } = answer;
  const flaws = [
    ...flawsOfHeaders(answer),
    ...flawsOfPermissions(answer, headers),
    ...flawsOfSecrecy(sent, answer, heard),
  ];
  const note = (broken: boolean, flaw: string) => {
    if (broken) flaws.push(flaw);
  };
  note(status >= 500, `a failure of ours: ${status} ${text}`);

  if (method === 'OPTIONS' && headers.has('Access-Control-Request-Method')) {
    note(status !== 204 || text !== '', `a preflight is answered ${status}`);
    return flaws;
  }
  const asked = method === 'HEAD' ? 'GET' : method;
  const operation = operationAt({ contract, method: asked, path });
  const isInsecure = outgoing.origin.startsWith('http:');
  if (isInsecure) {
    note(status !== 403, `${status} over plain http`);
  } else if (operation === null) {
    const methods = methodsAt(contract, path);
    note(status !== (methods.length > 0 ? 405 : 404), `${status} where there is no operation`);
    // HEAD goes wherever GET does (RFC 9110 9.1).
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    const allow = answer.headers.get('Allow');
    const isRight = allow?.split(', ').toSorted().join() === allowed.toSorted().join();
    note(status === 405 && !isRight, `Allow: ${allow}`);
  } else {
    note(status < 300 && !isCarried(sent, operation), 'granted without what it takes');
    if (status < 300) flaws.push(...flawsOfBody(sent, { contract, method, path, status }));
  }
  const isChallenged = answer.headers.has('WWW-Authenticate');
  note(isChallenged && status !== 401, 'a challenge without a 401');
  note(status === 401 && !isChallenged && mayLack(heard), 'a 401 without a challenge');
  note(status === 429 && !answer.headers.has('Retry-After'), 'no Retry-After');
  note(status >= 400 && answer.headers.getSetCookie().length > 0, 'a cookie with a refusal');
  if (method === 'HEAD') {
    note(text !== '', 'a body for HEAD');
    return flaws;
  }
  const type = answer.headers.get('Content-Type');
  note((text === '' ? null : 'application/json') !== type, `Content-Type: ${type}`);
  note(status >= 400 && text === '', 'a refusal that says nothing');
  const exchange = { contract, method, path, status };
  return [...flaws, ...flawsOfAnswer(exchange, text === '' ? null : JSON.parse(text))];
}

const MOST_BYTES = 16 * 1024;

/** What is granted was asked as the document says, in a body of the size that is read. */
function flawsOfBody({ outgoing }: Sent, exchange: Exchange): string[] {
  if (flawsOfRequest(exchange, {}) === null) return [];
  const body = bodyOf(outgoing) ?? new Uint8Array();
  if (body.length > MOST_BYTES) return [`granted for ${body.length} bytes`];
  const flaws = flawsOfRequest(exchange, JSON.parse(new TextDecoder().decode(body))) ?? [];
  // A pattern says what an address is here; the validator's own idea of the format is another.
  return flaws.some((flaw) => flaw.includes('match format')) ? [] : flaws;
}

/** A password may be wrong without a challenge: no header of the caller's would mend it. */
const mayLack = (heard: readonly string[]) => !heard.some((line) => line.includes('"invalid"'));

/** Nothing comes back that was sent, or that is ours to know; nothing secret is logged. */
function flawsOfSecrecy({ ready }: Sent, answer: Answer, heard: readonly string[]): string[] {
  const told = [answer.text, ...[...answer.headers].map((pair) => pair.join(': '))].join('\n');
  // The log shows an address's last label on purpose: `j***@***.example`.
  const log = heard.join('\n').replaceAll(/(?<="identifier":"[^"]*\*\*\*\.)\w+(?=")/g, '');
  const flaws = [
    ...(told.includes(MARK) ? ['what was sent comes back'] : []),
    ...(answer.status >= 400 && INTERNAL.test(answer.text) ? ['internal text'] : []),
    ...(log.includes(MARK) ? ['what was sent is logged'] : []),
    ...(log.includes('"event":"failure"') ? [`a failure is logged: ${log}`] : []),
    ...(heard.every(isJson) ? [] : ['a line of the log that is no JSON']),
  ];
  const { username, email } = ready.person;
  if ([username, email].some((name) => new RegExp(`"${name}"`, 'i').test(log))) {
    flaws.push('a full name is logged');
  }
  for (const secret of ready.secret) {
    const found = new RegExp(`(?<![\\w-])${secret.replaceAll('.', '\\.')}(?![\\w-])`);
    if (found.test(answer.text)) flaws.push('a secret comes back');
    if (found.test(log)) flaws.push('a secret is logged');
  }
  return flaws;
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Whether all that the operation takes has arrived as it was issued, byte for byte. */
function isCarried({ contract, ready, outgoing, headers }: Sent, operation: string): boolean {
  const body = new TextDecoder().decode(bodyOf(outgoing) ?? new Uint8Array());
  const [, bearer = ''] = /^Bearer +(\S+)$/i.exec(headers.get('Authorization') ?? '') ?? [];
  const cookies = (headers.get('Cookie') ?? '').split(';').map((one) => one.replace(/^[^=]*=/, ''));
  const carries = (value: string) =>
    bearer === value ||
    body.includes(`"${value}"`) ||
    cookies.some((cookie) => cookie.trim() === value);
  const { isForBearers } = operationsOf(contract).find(({ id }) => id === operation) ?? {};
  if (isForBearers === true && !ready.secret.includes(bearer)) return false;
  return operation !== ready.operation || ready.needed.every(carries);
}

/** As the server reads it: the URL parser has resolved dots and backslashes. */
export function target({ method, path }: Outgoing) {
  const { pathname } = new URL(ORIGIN + path);
  const { method: sent } = new Request(ORIGIN, { method });
  return { method: sent, pathname };
}
