/** The headers that go with a refusal, whatever the contract. */
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { refusalResponse, wireResponse } from '../../src/http/responses.ts';
import {
  refusalContext,
  NOW_MS,
  refusals,
  sampleOf,
  type Reason,
} from '../../tools/openapi/samples.ts';
import { protectiveHeaders } from '../fixtures/protective-headers.ts';

const ofReason: Partial<Record<Reason, Record<string, string>>> = {
  limited: {
    'retry-after': '30',
    ratelimit: '"address";r=0;t=30',
    'ratelimit-policy': '"address";q=60;w=60',
  },
  locked: { 'retry-after': '900' },
  busy: { 'retry-after': '1' },
  internal: { 'retry-after': '5' },
  'wrong-method': { allow: 'POST' },
};

/** Of wires that others wrote; undefined: not sent. */
const ofContract: Readonly<Record<string, (reason: Reason) => Record<string, unknown>>> = {
  gotrue: (reason) => ({
    'x-sb-error-code': expect.any(String) as string,
    // A token that is no good is answered with 403 there.
    ...(reason === 'unauthenticated' && { 'www-authenticate': undefined }),
  }),
};

const ofAll = { 'content-type': 'application/json', ...protectiveHeaders };

/** The scheme of a contract's tokens; `Bearer` where none is written. */
const schemes: Readonly<Record<string, string>> = { realworld: 'Token' };

describe.each(contracts)('a refusal of $name', (contract) => {
  const scheme = schemes[contract.name] ?? 'Bearer';
  const headersOf = (refusal: Refusal) =>
    refusalResponse(contract, refusal, refusalContext).headers;
  const waitOf = (refusal: Refusal) => headersOf(refusal).get('Retry-After');
  const limitedFor = (ms: number) => waitOf({ ...sampleOf('limited'), retryAtMs: NOW_MS + ms });
  const lockedFor = (ms: number) => waitOf({ ...sampleOf('locked'), untilMs: NOW_MS + ms });

  it.each(refusals)('has the headers of $reason, and no others', (refusal) => {
    expect(Object.fromEntries(headersOf(refusal))).toEqual({
      ...ofAll,
      ...ofReason[refusal.reason],
      ...(refusal.reason === 'unauthenticated' && {
        'www-authenticate': `${scheme} error="invalid_token"`,
      }),
      ...ofContract[contract.name]?.(refusal.reason),
    });
  });

  it.each([
    { leftMs: 900_000, seconds: '900' },
    { leftMs: 899_001, seconds: '900' },
    { leftMs: 1001, seconds: '2' },
    { leftMs: 1000, seconds: '1' },
    { leftMs: 1, seconds: '1' },
    { leftMs: 0, seconds: '1' },
    { leftMs: -60_000, seconds: '1' },
    { leftMs: 99_999_001, seconds: '100000' },
  ])('asks to wait $seconds s if $leftMs ms are left', ({ leftMs, seconds }) => {
    expect([limitedFor(leftMs), lockedFor(leftMs)]).toEqual([seconds, seconds]);
  });

  it('asks to wait also if only a reset ends the lock', () => {
    expect(waitOf({ ...sampleOf('locked'), untilReset: true })).toBe('900');
  });

  it('says in RateLimit how long to wait, and in RateLimit-Policy for which limit', () => {
    const limit = { attempts: 10, windowSeconds: 3600 };
    const headers = headersOf({ reason: 'limited', limit, retryAtMs: NOW_MS + 12_345 });
    expect(headers.get('RateLimit')).toBe('"address";r=0;t=13');
    expect(headers.get('RateLimit-Policy')).toBe('"address";q=10;w=3600');
  });

  it('lists every allowed method', () => {
    const allow = headersOf({ reason: 'wrong-method', allow: ['GET', 'HEAD', 'POST'] }).get(
      'Allow',
    );
    expect(allow).toBe('GET, HEAD, POST');
  });

  it('has no error code in the challenge if no token was sent', () => {
    const headers = headersOf({ reason: 'unauthenticated', presented: false });
    expect(headers.get('WWW-Authenticate')).toBe(scheme);
  });
});

it('keeps a contract’s own headers', () => {
  const response = wireResponse({ status: 201, body: { a: 1 }, headers: { 'X-Own': 'yes' } });
  expect([response.status, response.headers.get('X-Own')]).toEqual([201, 'yes']);
});
