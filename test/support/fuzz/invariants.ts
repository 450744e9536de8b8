/** The invariants of every answer, whatever was sent. createTestApp checks headers and documents. */
import type { Answer } from '../test-app.ts';
import {
  flawsOfRequest,
  methodsAt,
  operationAt,
  operationsOf,
  type Exchange,
} from '../published.ts';
import { statusesOf } from '../statuses.ts';
import { MARK } from './arbitraries.ts';
import { bodyOf, type Outgoing } from './mutation.ts';
import { ALLOWED_ORIGIN, type Granted } from './requests.ts';
import { ORIGIN } from './outgoing.ts';

/** Text that only our own code and its tools write: stacks, types of errors, SQL. */
const INTERNAL =
  /\b\w*Error:|\bat (?:async )?[\w.$]+ \(|\.tsx?:\d|node_modules|D1_|SQLITE|drizzle|zod|\bSELECT\b|\bINSERT\b|undefined|\[object /i;
const MOST_BYTES = 16 * 1024;

export interface Sent {
  contract: string;
  granted: Granted;
  outgoing: Outgoing;
  headers: Headers;
}

/** The invariants that any answer of the app keeps; returns those that are broken. */
export function commonViolations({ status, headers }: Answer, sent: Headers): string[] {
  const allowed = headers.get('Access-Control-Allow-Origin');
  const isListed = sent.get('Origin') === ALLOWED_ORIGIN;
  const cookies = headers.getSetCookie();
  return broken({
    'an outage': status >= 500,
    [`lets ${allowed} read`]: allowed !== (isListed ? ALLOWED_ORIGIN : null),
    'a cookie that scripts or other sites can use': cookies.some(
      (cookie) => !/; HttpOnly; Secure; SameSite=Strict\b/.test(cookie),
    ),
    'a cookie with a refusal': status >= 400 && cookies.length > 0,
  });
}

/** The invariants of a contract's answer; returns those that are broken. */
export function violationsOf(sent: Sent, answer: Answer, log: readonly string[]): string[] {
  const { contract, outgoing, headers } = sent;
  const { status, text } = answer;
  const { method, path } = targetOf(outgoing);
  const common = [...commonViolations(answer, headers), ...leaksOf(sent, answer, log)];
  if (method === 'OPTIONS' && headers.has('Access-Control-Request-Method')) {
    return [...common, ...broken({ 'a preflight’s status': status !== 204 || text !== '' })];
  }
  const exchange = { contract, method: method === 'HEAD' ? 'GET' : method, path, status };
  const operation = operationAt(exchange);
  const isChallenged = answer.headers.has('WWW-Authenticate');
  // A wrong password, code or passkey is no challenge: no header of the caller's would mend it.
  const isWrongProof = log.some((line) =>
    /"(?:invalid|locked|invalid-factor|expired-step|invalid-passkey|expired-challenge)"/.test(line),
  );
  const type = answer.headers.get('Content-Type');
  // RFC 7009 2.2: a token that is good for nothing counts as revoked.
  const isIgnored =
    sent.granted.route === 'logout' && statusesOf(contract, 'logout').unauthenticated < 300;
  return [
    ...common,
    ...(outgoing.origin.startsWith('http:')
      ? broken({ 'answers over plain http': status !== 403 })
      : operation === null
        ? violationsWithoutOperation(exchange, answer)
        : broken({
            'granted without its credentials':
              status < 300 && !isIgnored && !isCarried(sent, exchange),
            'granted for another body than documented':
              status < 300 && !isDocumented(sent, exchange),
          })),
    ...broken({
      'a challenge without a 401': isChallenged && status !== 401,
      'a 401 without a challenge': status === 401 && !isChallenged && !isWrongProof,
      'no Retry-After': status === 429 && !answer.headers.has('Retry-After'),
      'a body for HEAD': method === 'HEAD' && text !== '',
      [`Content-Type: ${type}`]:
        method !== 'HEAD' && type !== (text === '' ? null : 'application/json'),
      'a refusal that says nothing': method !== 'HEAD' && status >= 400 && text === '',
    }),
  ];
}

const broken = (flaws: Record<string, boolean>): string[] =>
  Object.entries(flaws).flatMap(([flaw, is]) => (is ? [flaw] : []));

function violationsWithoutOperation({ contract, path, status }: Exchange, answer: Answer) {
  const methods = methodsAt(contract, path);
  // HEAD goes wherever GET does (RFC 9110, section 9.1).
  const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  const allow = answer.headers.get('Allow')?.split(', ').toSorted().join();
  return broken({
    [`${status} where there is no operation`]: status !== (methods.length > 0 ? 405 : 404),
    [`Allow: ${allow}`]: status === 405 && allow !== allowed.toSorted().join(),
  });
}

function isDocumented({ outgoing }: Sent, exchange: Exchange): boolean {
  if (flawsOfRequest(exchange, {}) === null) return true;
  const body = bodyOf(outgoing) ?? new Uint8Array();
  if (body.length > MOST_BYTES) return false;
  const text = new TextDecoder().decode(body);
  const sent: unknown = outgoing.isForm
    ? Object.fromEntries(new URLSearchParams(text))
    : JSON.parse(text);
  const flaws = flawsOfRequest(exchange, sent) ?? [];
  // The validator's own idea of an address is narrower than the document's pattern.
  return flaws.length === 0 || flaws.some((flaw) => flaw.includes('match format'));
}

/** Checks that all credentials of the operation arrived as they were issued, byte for byte. */
function isCarried({ contract, granted, outgoing, headers }: Sent, { method, path }: Exchange) {
  const text = new TextDecoder().decode(bodyOf(outgoing) ?? new Uint8Array());
  const values = outgoing.isForm ? [...new URLSearchParams(text).values()] : [];
  const scheme = /^(?:Bearer|Token) +(\S+)$/i;
  const [, bearer = ''] = scheme.exec(headers.get('Authorization') ?? '') ?? [];
  const cookies = (headers.get('Cookie') ?? '').split(';').map((one) => one.replace(/^[^=]*=/, ''));
  const carries = (value: string) =>
    bearer === value ||
    (outgoing.isForm ? values.includes(value) : text.includes(`"${value}"`)) ||
    cookies.some((cookie) => cookie.trim() === value);
  const at = (exchange: { method: string; path: string }) => operationAt({ contract, ...exchange });
  const operation = at({ method, path });
  const { isForBearers } = operationsOf(contract).find(({ id }) => id === operation) ?? {};
  if (isForBearers === true && !granted.secret.includes(bearer)) return false;
  return operation !== at(targetOf(granted.outgoing)) || granted.needed.every(carries);
}

/** Returns what is answered or logged and must not be. */
function leaksOf({ contract, granted }: Sent, answer: Answer, lines: readonly string[]): string[] {
  const all = [answer.text, ...[...answer.headers].map((pair) => pair.join(': '))].join('\n');
  // The log shows an address's last label on purpose: `j***@***.example`.
  const log = lines.join('\n').replaceAll(/(?<="identifier":"[^"]*\*\*\*\.)\w+(?=")/g, '');
  const { username, email } = granted.user;
  // A changed profile and a passkey's name are shown to their user.
  const isShown =
    /^(?:update-profile|add-passkey|rename-passkey)$/.test(granted.route) && answer.status < 300;
  // A wire may repeat the access token with the profile; Strapi's does with a changed password.
  const isRepeating =
    granted.route.endsWith('profile') ||
    (contract === 'strapi' && granted.route === 'change-password');
  const repeats = isRepeating && answer.status < 300;
  const isRepeated = (secret: string) => repeats && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
  const answered = granted.secret.filter((secret) => !isRepeated(secret));
  const secrets = granted.secret.map(
    (secret) => new RegExp(`(?<![\\w-])${secret.replaceAll('.', '\\.')}(?![\\w-])`),
  );
  return broken({
    'answers what was sent': !isShown && all.includes(MARK),
    'answers internal text': answer.status >= 400 && INTERNAL.test(answer.text),
    'answers a secret': answered.some((secret) => answer.text.includes(secret)),
    'logs what was sent': log.includes(MARK),
    'logs a failure': log.includes('"event":"failure"'),
    'logs a line that is no JSON': !lines.every(isJson),
    'logs a full name': new RegExp(`"(?:${username}|${email})"`, 'i').test(log),
    'logs a secret': secrets.some((secret) => secret.test(log)),
  });
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** As the server reads it: the URL parser has resolved dots and backslashes. */
export function targetOf({ method, path }: Outgoing) {
  return { method: new Request(ORIGIN, { method }).method, path: new URL(ORIGIN + path).pathname };
}
