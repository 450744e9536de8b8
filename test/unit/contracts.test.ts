/**
 * Invariants of every contract in the list, the next one included: each refusal has an answer that
 * its published schema allows and that gives nothing away, each request is read as it is written,
 * and each declared path leads to its value. What each document promises is in test/golden.
 */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Contract } from '../../src/contracts/contract.ts';
import type { JsonPath } from '../../src/contracts/wire.ts';
import { errorKinds, refusalWire } from '../../src/contracts/errors.ts';
import { contracts as served } from '../../src/contracts/index.ts';
import { component } from '../../src/contracts/responses.ts';
import { NO_CONTEXT, routeOf } from '../../src/contracts/routes.ts';
import type { Operation } from '../../src/flows/operations.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { valueAt } from '../../src/pages/json-path.ts';
import {
  emailTaken,
  refusalContext,
  refusals,
  sampleGranted,
  sampleOf,
  sampleSession,
  sampleUser,
} from '../../tools/openapi/samples.ts';
import { oddForm, oddNested } from '../fixtures/odd-contracts.ts';

/** With two that differ wherever the grammar lets them: contracts to come are held by the same invariants. */
const contracts = [...served, oddForm, oddNested];

const wireOf = (contract: Contract, refusal: Refusal) =>
  refusalWire(contract, refusal, refusalContext);

const everyAnswer = contracts.flatMap((contract) =>
  refusals.map((refusal) => ({ contract, refusal, name: contract.name, reason: refusal.reason })),
);

describe('every contract', () => {
  it('has a name of its own, fit for a path', () => {
    const names = contracts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z\d]*(-[a-z\d]+)*$/);
  });

  it.each(contracts)('$name stands under an absolute path without a slash at its end', (one) => {
    expect(one.base).toMatch(/^(\/:?[\w.-]+)+$/);
  });

  it.each(everyAnswer)('$name answers $reason in plain JSON', ({ contract, refusal }) => {
    const { status, body } = wireOf(contract, refusal);
    expect(status).toBeGreaterThanOrEqual(400);
    // Clients of some wires try again after a 503 alone.
    const isRetried = ['limited', 'busy', 'locked'].includes(refusal.reason);
    const most = refusal.reason === 'internal' ? 500 : isRetried ? 503 : 499;
    expect(status).toBeLessThanOrEqual(most);
    expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
    expect(JSON.stringify(body)).not.toMatch(
      /unknown-user|wrong-password|no-password|undefined|NaN|\[object/,
    );
  });

  it.each(contracts)('$name answers an invalid login alike, whatever the cause', (contract) => {
    const answers = (['unknown-user', 'wrong-password', 'no-password'] as const).map((because) =>
      JSON.stringify(wireOf(contract, { reason: 'invalid', because })),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it.each(contracts)('$name answers a refused passkey alike, whatever the flaw', (contract) => {
    const flaws = [
      'unknown-passkey',
      'wrong-signature',
      'wrong-owner',
      'user-not-verified',
    ] as const;
    const answers = flaws.map((because) =>
      JSON.stringify(wireOf(contract, { reason: 'invalid-passkey', because })),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).not.toMatch(/unknown|wrong|owner|verified/i);
  });

  it.each(contracts)('$name answers a limited address and a busy account alike', (contract) => {
    const [limited, busy] = [sampleOf('limited'), sampleOf('busy')];
    expect(wireOf(contract, limited)).toEqual(wireOf(contract, busy));
  });

  it.each(contracts)('$name publishes the body of every refusal that it can give', (contract) => {
    const schema = contract.errors.schema();
    const kinds: readonly string[] = errorKinds(contract);
    const possible = refusals.filter(({ reason }) => kinds.includes(reason));
    for (const refusal of kinds.includes('email-taken') ? [...possible, emailTaken] : possible) {
      const { body } = wireOf(contract, refusal);
      expect([refusal.reason, schema.safeParse(body).data]).toEqual([refusal.reason, body]);
    }
  });
});

it.each([
  ['username-coded', ['cross-site', 'unknown-variant']],
  ['username-pair', ['cross-site', 'unknown-variant']],
  ['email-envelope', ['cross-site', 'taken', 'unknown-variant']],
  ['email-remember', ['cross-site', 'taken', 'unknown-variant']],
  ['email-cookie', ['taken', 'unknown-variant']],
])('%s never answers %j, and everything else', (name, impossible) => {
  const contract = contractNamed(name);
  const published: readonly string[] = errorKinds(contract);
  const missing = refusals.map(({ reason }) => reason).filter((kind) => !published.includes(kind));
  expect(missing.toSorted()).toEqual(impossible.toSorted());
  const codes = JSON.stringify(contract.errors.schema()._zod.def);
  expect(codes.includes('USERNAME_TAKEN')).toBe(name === 'username-coded');
});

function contractNamed(name: string): Contract {
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return contract;
}

describe.each(contracts)('the paths of $name', (contract) => {
  const { paths, identifier, errors } = contract;
  const bodyOf = (operation: Operation, value: unknown) =>
    routeOf(contract, operation).response.render(value as never, NO_CONTEXT).body;
  const expectAt = (body: unknown, path: JsonPath | null, value: unknown) =>
    expect([path, valueAt(body, path)]).toEqual([path, path === null ? undefined : value]);

  it('lead to the tokens', () => {
    const inBody = contract.refresh?.in === 'body';
    for (const operation of ['login', 'refresh'] as const) {
      const at = paths[operation];
      if (at === null) continue;
      const body = bodyOf(operation, sampleGranted);
      if (contract.access.in === 'header') expectAt(body, at.access, sampleGranted.access.token);
      expectAt(body, at.refresh, sampleGranted.refresh?.token);
      expect(at.refresh !== null).toBe(inBody);
    }
  });

  it('lead to the user, whose name is among them', () => {
    const body = bodyOf('profile', sampleUser);
    for (const name of ['name', 'username', 'email'] as const) {
      expectAt(body, paths.profile[name], sampleUser[name]);
    }
    expect(paths.profile[identifier]).not.toBe(null);
  });

  it('lead to the sessions and their fields', () => {
    const { list, fields } = paths.sessions;
    const [shown] = valueAt(bodyOf('list-sessions', [sampleSession]), list) as Record<
      string,
      unknown
    >[];
    const { id, device, address, current, lastUsedAt } = fields;
    expect([shown?.[id], shown?.[device], shown?.[address], shown?.[current]]).toEqual([
      sampleSession.id,
      sampleSession.device,
      sampleSession.address,
      true,
    ]);
    expect(Date.parse(String(shown?.[lastUsedAt]))).toBe(sampleSession.lastUsedAtMs);
  });

  it('lead to the code and the message of an error', () => {
    const { code, message } = errors.answers.inactive;
    const { body } = wireOf(contractNamed(contract.name), { reason: 'inactive' });
    expect(valueAt(body, errors.paths.message)).toBe(message);
    expectAt(body, errors.paths.code, code);
  });

  it('lead to the values around second factors', () => {
    const { list, fields, recoveryCodes, secret, uri } = paths.factors;
    const factor = {
      id: 'f-1',
      kind: 'totp' as const,
      name: null,
      createdAtMs: 1_767_225_600_000,
      confirmedAtMs: 1_767_225_601_000,
      lastUsedAtMs: 1_767_225_602_000,
    };
    const listed = bodyOf('list-factors', { factors: [factor], recoveryCodesLeft: 7 });
    const [shown] = valueAt(listed, list) as Record<string, string>[];
    expect(shown?.[fields.id]).toBe('f-1');
    expect(Date.parse(shown?.[fields.createdAt] ?? '')).toBe(1_767_225_600_000);
    expect(Date.parse(shown?.[fields.lastUsedAt] ?? '')).toBe(1_767_225_602_000);
    expectAt(listed, recoveryCodes, 7);
    const codes = ['a', 'b'];
    expectAt(bodyOf('confirm-totp', { recoveryCodes: codes }), recoveryCodes, codes);
    expectAt(bodyOf('new-recovery-codes', { recoveryCodes: codes }), recoveryCodes, codes);
    const enrolment = bodyOf('enroll-totp', { id: 'f', name: null, secret: 'S', uri: 'otpauth:' });
    expectAt(enrolment, secret, 'S');
    expectAt(enrolment, uri, 'otpauth:');
  });

  it('lead to the details of a refusal that says how to go on', () => {
    const methods = ['totp', 'recovery-code'] as const;
    const proof = { reason: 'reauthentication-required', methods } as const;
    const refused = wireOf(contractNamed(contract.name), proof).body;
    expect(valueAt(refused, errors.paths.methods)).toEqual(methods);
    // Supabase answers a step like a session.
    if (contract.name === 'gotrue') return;
    const times = { issuedAtMs: 0, expiresAtMs: 1 };
    const step = { handle: 'h', methods, ...times, user: sampleUser, token: null };
    const { body } = wireOf(contractNamed(contract.name), { reason: 'enrolment-required', step });
    expectAt(body, errors.paths.challenge, 'h');
  });
});

it('does not compile a renderer that misses a field of its schema', () => {
  const schema = () => ({ token: z.string() });
  // @ts-expect-error -- `token` is missing; the type check fails where this compiles.
  const { render } = component('Token', schema, () => ({ tokn: '' }));
  expect(render).toBeTypeOf('function');
});
