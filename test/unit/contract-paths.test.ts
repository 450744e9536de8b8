/** Each path that a contract declares leads to its value, in each contract and in those to come. */
import { describe, expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import { contracts as served } from '../../src/contracts/index.ts';
import { NO_CONTEXT, routeOf } from '../../src/contracts/routes.ts';
import type { JsonPath } from '../../src/contracts/wire.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import type { Operation } from '../../src/flows/operations.ts';
import { valueAt } from '../../src/pages/json-path.ts';
import {
  refusalContext,
  sampleActivity,
  sampleGranted,
  sampleSession,
  sampleUser,
} from '../../tools/openapi/samples.ts';
import { oddForm, oddNested } from '../fixtures/odd-contracts.ts';

describe.each([...served, oddForm, oddNested])('the paths of $name', (contract) => {
  const { paths, identifier, errors } = contract;
  const bodyOf = (operation: Operation, value: unknown) =>
    routeOf(contract, operation).response.render(value as never, NO_CONTEXT).body;
  const wireOf = (refusal: Refusal) => refusalWire(contract, refusal, refusalContext);
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
    const user = { ...sampleUser, avatar: 'https://example.com/picture.png' };
    const body = bodyOf('profile', user);
    for (const name of ['name', 'username', 'email', 'avatar', 'language'] as const) {
      expectAt(body, paths.profile[name], user[name]);
    }
    expect(paths.profile[identifier]).not.toBe(null);
  });

  it('lead to the sessions and their fields', () => {
    const { list, fields } = paths.sessions;
    const [shown] = valueAt(bodyOf('list-sessions', [sampleSession]), list) as Record<
      string,
      unknown
    >[];
    const { id, name, device, address, current, lastUsedAt } = fields;
    expect([id, name, device, address, current].map((field) => shown?.[field])).toEqual([
      sampleSession.id,
      'My laptop',
      sampleSession.device,
      sampleSession.address,
      true,
    ]);
    expect(Date.parse(String(shown?.[lastUsedAt]))).toBe(sampleSession.lastUsedAtMs);
    const unnamed = bodyOf('list-sessions', [{ ...sampleSession, name: null }]);
    expect(JSON.stringify(unnamed)).not.toContain('name');
  });

  it('lead to the activity and its fields', () => {
    const { list, fields } = paths.activity;
    const [shown] = valueAt(bodyOf('list-activity', [sampleActivity]), list) as Record<
      string,
      unknown
    >[];
    const { action, reason, at, address, device, current } = fields;
    expect([action, reason, address, device, current].map((field) => shown?.[field])).toEqual([
      'LOGIN',
      'granted',
      '192.0.2.1',
      'Firefox on Linux',
      true,
    ]);
    expect(Date.parse(String(shown?.[at]))).toBe(sampleActivity.atMs);
  });

  it('lead to the code and the message of an error', () => {
    const { code, message } = errors.answers.inactive;
    const { body } = wireOf({ reason: 'inactive' });
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

  it('lead to the values around passkeys', () => {
    const { options, list, fields } = paths.passkeys;
    const passkey = {
      id: 'p-1',
      credentialId: 'Y3JlZA',
      name: 'Laptop',
      isSyncable: true,
      transports: ['internal'],
      createdAtMs: 1_767_225_600_000,
      lastUsedAtMs: 1_767_225_602_000,
    };
    const [shown] = valueAt(bodyOf('list-passkeys', [passkey]), list) as Record<string, unknown>[];
    expect(shown?.[fields.id]).toBe('p-1');
    expect(shown?.[fields.name]).toBe('Laptop');
    expect(shown?.[fields.synced]).toBe(true);
    expect(Date.parse(String(shown?.[fields.createdAt]))).toBe(1_767_225_600_000);
    expect(Date.parse(String(shown?.[fields.lastUsedAt]))).toBe(1_767_225_602_000);
    const publicKey = { challenge: 'Y2hhbGxlbmdl' };
    const ceremony = { publicKey, challengeId: 'c-1', expiresAtMs: 1_767_225_900_000 };
    for (const operation of ['passkey-login-options', 'passkey-options'] as const) {
      expectAt(bodyOf(operation, ceremony as never), options, publicKey);
    }
  });

  it('lead to the details of a refusal that says how to go on', () => {
    const methods = ['totp', 'recovery-code'] as const;
    const proof = { reason: 'reauthentication-required', methods } as const;
    const refused = wireOf(proof).body;
    expect(valueAt(refused, errors.paths.methods)).toEqual(methods);
    // Supabase answers a step like a session.
    if (contract.name === 'gotrue') return;
    const times = { issuedAtMs: 0, expiresAtMs: 1 };
    const step = { handle: 'h', methods, ...times, user: sampleUser, token: null };
    const { body } = wireOf({ reason: 'enrolment-required', step });
    expectAt(body, errors.paths.challenge, 'h');
  });
});
