/** The headers that go with a reason, whatever the contract, on the body that the contract gives. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
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

const limitedUntil = (retryAtMs: number): Refusal => ({ ...sampleOf('limited'), retryAtMs });
const lockedUntil = (untilMs: number): Refusal => ({ ...sampleOf('locked'), untilMs });

const shared: Record<Reason, Record<string, string>> = {
  limited: {
    'retry-after': '30',
    ratelimit: '"address";r=0;t=30',
    'ratelimit-policy': '"address";q=60;w=60',
  },
  locked: { 'retry-after': '900' },
  busy: { 'retry-after': '1' },
  internal: { 'retry-after': '5' },
  'wrong-method': { allow: 'POST' },
  malformed: {},
  invalid: {},
  inactive: {},
  unverified: {},
  unauthenticated: { 'www-authenticate': 'Bearer error="invalid_token"' },
  taken: {},
  'invalid-code': {},
  'invalid-link': {},
  'cross-site': {},
  'not-found': {},
  insecure: {},
  'unknown-path': {},
};

const protective = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-site',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const everyAnswer = contracts.flatMap((contract) =>
  refusals.map((refusal) => ({ contract, refusal, name: contract.name, reason: refusal.reason })),
);

describe('a refusal on the wire', () => {
  it.each(everyAnswer)(
    'of $name has the headers of $reason, and no others',
    ({ contract, refusal, reason }) => {
      const { headers } = refusalResponse(contract, refusal, refusalContext);
      expect(Object.fromEntries(headers)).toEqual({
        'content-type': 'application/json',
        ...protective,
        ...shared[reason],
      });
    },
  );

  it.each(everyAnswer)('of $name has its own status and body for $reason', async (answer) => {
    const response = refusalResponse(answer.contract, answer.refusal, refusalContext);
    const { status, body } = refusalWire(answer.contract, answer.refusal, refusalContext);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(JSON.stringify(body));
  });

  it.each(contracts)('of $name comes with Retry-After wherever it is a 423 or 429', (contract) => {
    for (const refusal of refusals) {
      const { status, headers } = refusalResponse(contract, refusal, refusalContext);
      expect(headers.has('Retry-After') || (status !== 423 && status !== 429)).toBe(true);
    }
  });
});

describe.each(contracts)('the time to wait, for $name', (contract) => {
  const waitOf = (refusal: Refusal) =>
    refusalResponse(contract, refusal, refusalContext).headers.get('Retry-After');

  it.each([
    { leftMs: 900_000, seconds: '900' },
    { leftMs: 899_001, seconds: '900' },
    { leftMs: 1001, seconds: '2' },
    { leftMs: 1000, seconds: '1' },
    { leftMs: 999, seconds: '1' },
    { leftMs: 1, seconds: '1' },
    { leftMs: 0, seconds: '1' },
    { leftMs: -60_000, seconds: '1' },
  ])('is $seconds s where $leftMs ms are left', ({ leftMs, seconds }) => {
    expect([limitedUntil(NOW_MS + leftMs), lockedUntil(NOW_MS + leftMs)].map(waitOf)).toEqual([
      seconds,
      seconds,
    ]);
  });

  it('is given where only a reset ends a lock too', () => {
    expect(waitOf({ ...sampleOf('locked'), untilReset: true })).toBe('900');
  });

  it('is never over before its moment, at least 1 s, and less than 1 s too long', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e8 }), fc.boolean(), (leftMs, locked) => {
        const wait = waitOf((locked ? lockedUntil : limitedUntil)(NOW_MS + leftMs));
        expect(wait).toMatch(/^[1-9]\d*$/);
        expect(Number(wait) * 1000).toBeGreaterThanOrEqual(leftMs);
        expect(Number(wait) * 1000).toBeLessThan(Math.max(leftMs, 1) + 1000);
      }),
    );
    expect.hasAssertions();
  });

  it('is the same in RateLimit, beside the limit that was used up', () => {
    const limit = { attempts: 10, windowSeconds: 60 };
    const refusal: Refusal = { reason: 'limited', limit, retryAtMs: NOW_MS + 12_345 };
    const { headers } = refusalResponse(contract, refusal, refusalContext);
    expect(
      ['Retry-After', 'RateLimit', 'RateLimit-Policy'].map((name) => headers.get(name)),
    ).toEqual(['13', '"address";r=0;t=13', '"address";q=10;w=60']);
  });
});

describe('what else goes on the wire', () => {
  it('lists every allowed method', () => {
    const [contract] = contracts;
    const refusal: Refusal = { reason: 'wrong-method', allow: ['GET', 'HEAD', 'POST'] };
    const response = contract && refusalResponse(contract, refusal, refusalContext);
    expect(response?.headers.get('Allow')).toBe('GET, HEAD, POST');
  });

  it('keeps a contract’s own headers', () => {
    const response = wireResponse({ status: 201, body: { a: 1 }, headers: { 'X-Own': 'yes' } });
    expect([response.status, response.headers.get('X-Own')]).toEqual([201, 'yes']);
  });
});
