/**
 * Plays the golden pairs: requests and the exact answers that the contracts' own documents promise.
 * Bodies compare byte for byte, key order included. Placeholders, in any string of an answer:
 * <access-jwt>, <refresh-jwt> (verified) and <step-jwt>, with exactly the answer's `claims`, <uuid>, <svg>,
 * <opaque> (an identifier without meaning), <handle> (of a registration), <integer> (a number, without quotes), and
 * <epoch>, <epoch+900> (a number: the moment of the request in seconds, and 900 after it).
 *
 * In requests <token>, <session>, <challenge> and <factor> stand for the values of earlier answers, and <totp> for
 * the code of this moment, by the secret of an earlier answer or else of the contract's account
 * `enrolled`. <passkey> is the id of the newest passkey in an earlier list; <credential> a new passkey,
 * <assertion> one of the contract's account `passkey`, and <forged> the same with a wrong signature, all
 * by the options of an earlier answer.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import worker, { AccountLockout, RateLimiter } from '../../src/worker.ts';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { pairs, type Pair, type Sent } from '../support/golden.ts';
import { addAccounts } from '../support/golden-accounts.ts';
import { credentialsIn } from '../support/golden-passkeys.ts';
import { flawsOfAnswer, flawsOfRequest } from '../support/published.ts';

/** The moment of document 003's sample. */
const SAMPLE_MOMENT = '2026-01-22T10:30:00.000Z';

const TOKEN_TYPES = {
  'access-jwt': 'at+jwt',
  'refresh-jwt': 'rt+jwt',
  'step-jwt': 'step+jwt',
} as const;

/** Wires whose access tokens are plain JWT. */
const PLAIN_JWT: ReadonlySet<string> = new Set(['keycloak', 'gotrue']);

/** Played in the order of their moments, since an account's failures are counted over all of them. */
const inTime = pairs.toSorted((one, other) => momentOf(one) - momentOf(other));

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(SAMPLE_MOMENT) });
  // No demo account with a username is inactive or unverified, and these contracts know no other.
  await env.DB.batch(
    ['inactive', 'unverified'].map((name) =>
      env.DB.prepare('UPDATE users SET username = ?1, username_key = ?1 WHERE email = ?2').bind(
        name,
        `${name}@example.com`,
      ),
    ),
  );
});
beforeAll(async () => {
  for (const contract of env.CONTRACTS) {
    enrolledSecrets.set(contract, await addAccounts(contract));
  }
});
afterAll(() => void vi.useRealTimers());

/** Secrets of the accounts `enrolled`, by contract. */
const enrolledSecrets = new Map<string, string>();

/** Values in the answers that came before a request of the same pair. */
let earlier: Partial<
  Record<'challenge' | 'factor' | 'options' | 'passkey' | 'secret' | 'session' | 'token', unknown>
> = {};

async function remember(answer: Response): Promise<void> {
  const body: unknown = await answer.json().catch(() => null);
  const [factor] = (valueNamed(body, 'factors') ?? []) as { id: string }[];
  const [session] = (valueNamed(body, 'sessions') ?? []) as { id: string }[];
  const passkeys = Array.isArray(body) ? body : (valueNamed(body, 'passkeys') ?? []);
  const found = {
    challenge: valueNamed(body, 'challenge', 'mfa_token'),
    factor: factor?.id,
    options: valueNamed(body, 'publicKey', 'options'),
    passkey: (passkeys as { id: string }[]).at(-1)?.id,
    secret: valueNamed(body, 'secret'),
    session: session?.id,
    token: valueNamed(body, 'accessToken', 'access_token', 'token', 'jwt'),
  };
  earlier = { ...earlier, ...Object.fromEntries(Object.entries(found).filter(([, v]) => v)) };
}

/** Fills a request in with values of earlier answers. */
async function filledIn<T>(contract: string, request: T): Promise<T> {
  const text = JSON.stringify(request);
  const credentials = await credentialsIn(text, contract, earlier.options);
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string'
      ? (credentials[value] ??
        value.replaceAll(
          /<(challenge|factor|passkey|session|token|totp)>/g,
          (placeholder, name: string) =>
            name === 'totp'
              ? codeAt(String(earlier.secret))
              : String(earlier[name as keyof typeof earlier] ?? placeholder),
        ))
      : value,
  ) as T;
}

// Alarms keep the real time, to which these moments are long past: they would ring without a pause.
beforeEach(() => {
  vi.spyOn(AccountLockout.prototype, 'alarm').mockResolvedValue();
  vi.spyOn(RateLimiter.prototype, 'alarm').mockResolvedValue();
});

it('has golden pairs for every contract that is served', () => {
  const contracts: readonly string[] = env.CONTRACTS;
  expect(new Set(pairs.map(({ contract }) => contract))).toEqual(new Set(contracts));
});

/** A header of an answer. Set-Cookie without the device cookie, which no contract's document names. */
function headerIn({ headers }: Response, name: string): string | null {
  if (name.toLowerCase() !== 'set-cookie') return headers.get(name);
  const own = headers.getSetCookie().filter((cookie) => !cookie.startsWith('__Host-gh-device='));
  return own.length === 0 ? null : own.join(', ');
}

describe.each(inTime)('$contract', (pair) => {
  it(`${pair.name}: ${pair.answer.status} (${pair.source})`, async () => {
    const { answer } = pair;
    vi.setSystemTime(momentOf(pair));
    earlier = { secret: enrolledSecrets.get(pair.contract) };
    for (const { at, repeat, request, status } of pair.before) {
      if (at !== undefined) vi.setSystemTime(Date.parse(at));
      for (let times = 0; times < repeat; times++) {
        const before = await send(await filledIn(pair.contract, request));
        expect(before.status, 'a request that comes before').toBe(status);
        await remember(before);
      }
    }
    vi.setSystemTime(momentOf(pair));

    const request = await filledIn(pair.contract, pair.request);
    const response = await during(pair.given, () => send(request));
    const body = await response.text();
    const template = JSON.stringify(answer.body);
    expect.soft(answer.body === null ? body || 'null' : recognised(body, template)).toBe(template);
    expect.soft(response.status).toBe(answer.status);
    expect
      .soft(againstDocument({ ...pair, request }, response.status, body), 'by the OpenAPI document')
      .toEqual([]);
    const tokens = tokensIn(body, template);
    for (const [header, value] of Object.entries(answer.headers)) {
      const received = headerIn(response, header);
      if (received === null || value === null) {
        expect.soft(received, header).toBe(value);
        continue;
      }
      expect.soft(recognised(received, value), header).toBe(value);
      Object.assign(tokens, tokensIn(received, value));
    }
    const claims = new Map(Object.entries(answer.claims ?? {}));
    for (const [name, token] of Object.entries(tokens)) {
      const isPlain = name === 'access-jwt' && PLAIN_JWT.has(pair.contract);
      const typ = isPlain ? 'JWT' : TOKEN_TYPES[name as keyof typeof TOKEN_TYPES];
      const actual = await verified(token, { typ, contract: pair.contract });
      const promised = sorted(claims.get(`<${name}>`) ?? {});
      expect.soft(recognised(sorted(actual), promised), name).toBe(promised);
      claims.delete(`<${name}>`);
    }
    expect([...claims.keys()], 'tokens that were promised').toEqual([]);
  });
});

/** Lists where the request or its answer contradicts the published document. */
function againstDocument(
  { contract, request: { method, path, body, headers } }: Pair,
  status: number,
  text: string,
): string[] {
  const exchange = { contract, method, path, status };
  const flaws = flawsOfAnswer(exchange, text === '' ? null : JSON.parse(text));
  const judged = body !== undefined && headers['content-type']?.startsWith('application/json');
  const ofRequest = judged ? flawsOfRequest(exchange, body) : null;
  if (ofRequest === null) return flaws;
  // At gotrue an unknown passkey has the code of a malformed body, at username-pair a void link.
  const malformed =
    (contract === 'realworld' && status === 422) ||
    (status !== 404 &&
      !text.includes('The link has been used') &&
      (contract === 'strapi'
        ? /"errors":\[/
        : /VALIDATION_ERROR|REQUIRED_FIELD_MISSING|ValidationError|validation_failed|invalid_request|"reasons":\["length"\]/
      ).test(text));
  if (malformed && ofRequest.length === 0) return [...flaws, 'refused what the document allows'];
  return malformed ? flaws : [...flaws, ...ofRequest];
}

function momentOf({ at = SAMPLE_MOMENT }: Pair): number {
  return Date.parse(at);
}

let addresses = 0;

/** Resolves when the work after the response is done, too: the clock may jump with the next pair. */
async function send({ method, path, headers, body, rawBody, padTo = 0 }: Sent): Promise<Response> {
  addresses += 1;
  const address = `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
  const sent = Object.entries({ 'cf-connecting-ip': address, ...headers }).filter(
    (header): header is [string, string] => header[1] !== null,
  );
  const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const padding = 'x'.repeat(Math.max(0, padTo - (text?.length ?? 0) + '<pad>'.length));
  // Bytes, since a string would bring a Content-Type of its own along.
  const bytes =
    text === undefined ? null : new TextEncoder().encode(text.replace('<pad>', padding));
  const url = `https://gatehouse.example${path}`;
  const request = new Request(url, { method, headers: sent, body: bytes });
  const context = createExecutionContext();
  const answer = await worker.fetch(request, env, context);
  await waitOnExecutionContext(context);
  return answer;
}

/** Sends a request under the pair's condition. */
async function during(given: Pair['given'], play: () => Promise<Response>): Promise<Response> {
  if (given === undefined) return play();
  await env.DB.exec('ALTER TABLE users RENAME TO users_out_of_reach');
  try {
    return await play();
  } finally {
    await env.DB.exec('ALTER TABLE users_out_of_reach RENAME TO users');
  }
}

/** Returns the template where the text matches it, so that a failure shows the two side by side. */
function recognised(text: string, template: string): string {
  return patternOf(template).test(text) ? template : text;
}

/** The regular expression that an answer's text must match as a whole. */
function patternOf(template: string): RegExp {
  const seconds = Math.floor(Date.now() / 1000);
  const pattern = template
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll(/"<epoch(?:\\\+(\d+))?>"/g, (_, after = '0') => String(seconds + Number(after)))
    .replaceAll('"<integer>"', String.raw`\d+`)
    .replaceAll('<uuid>', '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
    .replaceAll('<opaque>', String.raw`[\w-]{16,}`)
    .replaceAll('<handle>', String.raw`[\w-]{22}~\d{10}(?:~[\w-]{43}){1,2}`)
    .replaceAll('<svg>', String.raw`<svg [^#]+<\/svg>`)
    .replaceAll(/<(access|refresh|step)-jwt>/g, String.raw`(?<$1>[\w-]+\.[\w-]+\.[\w-]+)`);
  return new RegExp(`^${pattern}$`);
}

function tokensIn(text: string, template: string): Record<string, string> {
  const groups = patternOf(template).exec(text)?.groups ?? {};
  return Object.fromEntries(Object.entries(groups).map(([use, token]) => [`${use}-jwt`, token]));
}

/** A token's claims, after its signature, key, type and lifetime have been verified. */
async function verified(
  token: string,
  { typ, contract }: { typ: string; contract: string },
): Promise<Record<string, unknown>> {
  const { keys } = JSON.parse(env.TOKEN_KEYS, (name, value: unknown) =>
    name === 'd' ? undefined : value,
  ) as { keys: (JWK & { contracts?: string[] })[] };
  // The contract's own key, or else the one for all.
  const restricted = keys.find(({ contracts }) => contracts?.includes(contract));
  const key = restricted ?? keys.find(({ contracts }) => contracts === undefined);
  const { alg = '', kid } = key ?? {};
  // No key of TOKEN_KEYS verifies a step's.
  if (typ === TOKEN_TYPES['step-jwt']) {
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ });
    return decodeJwt(token);
  }
  const requiredClaims = ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'];
  const verifying = await importJWK(key ?? {}, alg);
  const { payload, protectedHeader } = await jwtVerify(token, verifying, { typ, requiredClaims });
  expect(protectedHeader).toEqual({ alg, kid, typ });
  return payload;
}

/** Claims as JSON, sorted by name: they have no order of their own. */
function sorted(claims: Record<string, unknown>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(claims).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  );
}
