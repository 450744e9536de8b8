import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { refusalResponse } from '../../src/http/responses.ts';
import { fieldsNamed, reasonOf, waitOf } from '../../src/pages/reason.ts';
import { shapeOf } from '../../src/pages/shape.ts';
import type { Reason } from '../../src/pages/sheet.ts';
import * as z from 'zod/mini';

const named = (name: string) => contracts.find((contract) => contract.name === name) as Contract;

it('finds the fields, tokens and lists of contracts as different as ours', () => {
  expect(shapeOf(named('username-coded'))).toMatchObject({
    login: { identifier: 'username', kind: 'username', password: 'password', remember: null },
    refresh: { in: 'body', field: 'refreshToken' },
    granted: {
      access: ['data', 'tokens', 'accessToken'],
      refresh: ['data', 'tokens', 'refreshToken'],
    },
    profile: {
      name: null,
      username: ['data', 'user', 'username'],
      email: ['data', 'user', 'email'],
    },
    sessions: { list: ['data', 'sessions'], fields: { lastUsed: 'lastUsedAt' } },
  });
  expect(shapeOf(named('email-remember'))).toMatchObject({
    login: { identifier: 'email', kind: 'email', password: 'password', remember: 'rememberMe' },
    refresh: null,
    granted: { access: ['token'], refresh: null },
    profile: { name: ['user', 'name'], username: null, email: ['user', 'email'] },
  });
  expect(shapeOf(named('email-cookie'))).toMatchObject({
    refresh: { in: 'cookie' },
    granted: { access: ['token'], refresh: null },
    refreshed: { access: ['token'], refresh: null },
  });
  expect(shapeOf(named('email-envelope')).sessions.fields).toEqual({
    id: 'id',
    device: 'device',
    address: 'address',
    lastUsed: 'last_used_at',
    current: 'current',
  });
});

it('learns a contract that it has never heard of', () => {
  const tiny: Contract = {
    ...named('email-envelope'),
    name: 'tiny',
    login: z.pipe(
      z.object({ pass: z.string(), user: z.string(), keep: z.boolean() }),
      z.transform((body) => ({
        identifier: { kind: 'username' as const, value: body.user },
        password: body.pass,
        remember: body.keep,
      })),
    ),
    grant: ({ access }) => ({ status: 200, body: { jwt: access.token } }),
    profile: ({ username }) => ({ status: 200, body: { who: username } }),
  };
  expect(shapeOf(tiny)).toMatchObject({
    login: { identifier: 'user', kind: 'username', password: 'pass', remember: 'keep' },
    granted: { access: ['jwt'], refresh: null },
    profile: { name: null, username: ['who'], email: null },
  });
});

it('names what a contract does not show', () => {
  const mute: Contract = { ...named('email-cookie'), grant: () => ({ status: 200, body: {} }) };
  expect(() => shapeOf(mute)).toThrow('pages: email-cookie shows no access token');
});

const NOW = 1_000_000;
const refusals: Partial<Record<Reason, Refusal>> = {
  invalid: { reason: 'invalid', because: 'unknown-user' },
  limited: { reason: 'limited', limit: { attempts: 3, windowSeconds: 60 }, retryAtMs: NOW + 9500 },
  locked: { reason: 'locked', untilMs: NOW + 600_000, untilReset: false },
  inactive: { reason: 'inactive' },
  unverified: { reason: 'unverified' },
  internal: { reason: 'internal' },
  taken: { reason: 'taken' },
  'invalid-code': { reason: 'invalid-code' },
  'invalid-link': { reason: 'invalid-link' },
  insecure: { reason: 'insecure' },
  malformed: { reason: 'malformed', issues: [{ field: 'email', message: 'No', missing: false }] },
};

describe.each(contracts)('$name', (contract) => {
  it.each(Object.entries(refusals))('tells its %s from all others', async (reason, refusal) => {
    if (reason === 'unverified' && !contract.requiresVerifiedEmail) return;
    const circumstances = { nowMs: NOW, traceId: crypto.randomUUID(), operation: 'login' };
    const response = refusalResponse(contract, refusal, circumstances);
    const { status, headers } = response;
    const seen = { status, headers, body: await response.json() };
    const likely: Reason[] = ['invalid', 'inactive', 'locked', 'malformed'];
    expect(reasonOf(shapeOf(contract).marks, seen, likely)).toBe(reason);
    if (reason === 'locked') expect(waitOf(headers, 'locked')).toBe(600);
    if (reason === 'limited') expect(waitOf(headers, 'limited')).toBe(10);
  });

  it('tells a lock that only a reset ends from all others, too', async () => {
    const refusal: Refusal = { reason: 'locked', untilMs: NOW + 600_000, untilReset: true };
    const circumstances = { nowMs: NOW, traceId: crypto.randomUUID(), operation: 'login' };
    const response = refusalResponse(contract, refusal, circumstances);
    const { status, headers } = response;
    const seen = { status, headers, body: await response.json() };
    const reason = reasonOf(shapeOf(contract).marks, seen, ['invalid', 'inactive', 'locked']);
    // There is a Retry-After, and nothing to wait for.
    expect([reason, waitOf(headers, reason)]).toEqual(['locked-until-reset', 0]);
  });

  it.each([
    ['email', 'Email must be a valid email address'],
    ['password', 'Password is too common'],
    ['code', 'Code must be six digits'],
    ['currentPassword', 'Current password is required'],
  ])('names the field %s, and no other', async (field, message) => {
    const fields = ['email', 'username', 'password', 'code', 'currentPassword', 'newPassword'];
    const circumstances = { nowMs: NOW, traceId: crypto.randomUUID(), operation: 'verify-email' };
    for (const missing of [false, true]) {
      const refusal: Refusal = { reason: 'malformed', issues: [{ field, message, missing }] };
      const response = refusalResponse(contract, refusal, circumstances);
      const { status, headers } = response;
      const body: unknown = await response.json();
      expect(reasonOf(shapeOf(contract).marks, { status, headers, body }, [])).toBe('malformed');
      expect(fieldsNamed(body, fields)).toEqual([field]);
    }
  });

  it('marks every refusal with what never changes in it, shortest first', () => {
    for (const { reason, texts } of shapeOf(contract).marks) {
      // A contract may say nothing but the fault: then there is nothing to know it by.
      expect([reason, texts[0] ?? 'none']).toEqual([
        reason,
        expect.stringMatching(/^[A-Za-z_ ]+$/),
      ]);
      expect(texts.filter((text) => /\d|trace/.test(text))).toEqual([]);
      const words = texts.map((text) => text.split(' ').length);
      expect(words).toEqual(words.toSorted((a, b) => a - b));
    }
  });
});

it('knows nothing of an answer that no contract gives', () => {
  const { marks } = shapeOf(named('email-remember'));
  const seen = { status: 502, headers: new Headers(), body: null };
  expect(reasonOf(marks, seen, ['invalid'])).toBe(null);
  expect(waitOf(new Headers({ 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 'limited')).toBe(
    0,
  );
});
