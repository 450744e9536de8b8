/**
 * Invariants of every contract in the list, the next one included: each refusal has an answer that
 * its published schema allows and that gives nothing away, and each request is read as it is written.
 * What each document promises is in test/golden.
 */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Contract } from '../../src/contracts/contract.ts';
import { errorKinds, refusalWire } from '../../src/contracts/errors.ts';
import { contracts as served } from '../../src/contracts/index.ts';
import { component } from '../../src/contracts/responses.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { emailTaken, refusalContext, refusals, sampleOf } from '../../tools/openapi/samples.ts';
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

it('does not compile a renderer that misses a field of its schema', () => {
  const schema = () => ({ token: z.string() });
  // @ts-expect-error -- `token` is missing; the type check fails where this compiles.
  const { render } = component('Token', schema, () => ({ tokn: '' }));
  expect(render).toBeTypeOf('function');
});
