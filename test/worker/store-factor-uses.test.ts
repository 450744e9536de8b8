/** Proofs of second factors in a session: each factor is used once, and nothing is written otherwise. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FactorUse } from '../../src/flows/model/factor.ts';
import { createFactors } from '../../src/store/factors/factors.ts';
import { codeRows, enrolAlice, newCodes, useOf } from '../support/factor-rows.ts';
import * as rows from '../support/store-rows.ts';

const factors = createFactors(env.DB, { maxFactors: 2 });
beforeEach(rows.resetRows);
beforeEach(enrolAlice);

const how = { ...rows.auditContext, recoveryCodes: newCodes };
const isStale = [rows.isInactive, rows.hasNewPassword, rows.isDeleted];
const WITHOUT_CONFIRMED = "DELETE FROM factors WHERE user_id = 1 AND id <> 'alice-pending'";
const markedSession = { proven_at_ms: 1000, second_factor_at_ms: 1000 };
const isOver = [
  ...isStale,
  ['the session has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
  ['the session has expired', rows.expiring('sessions', 'alice-here')],
] as const;
const stepWas = (id: string, step: number) =>
  `UPDATE factors SET last_step = ${step} WHERE id = '${id}'`;

describe('confirm', () => {
  const use = useOf('alice-pending', 'totp', 41);
  const confirm = () => factors.confirm(rows.aliceHere, use, how);
  const confirmed = { confirmed_at_ms: 1000, last_used_at_ms: 1000, last_step: 41 };
  const event = rows.eventRow('FACTOR_CONFIRMED', { session_id: 'alice-here' });

  it('confirms a first factor, marks the session and stores the recovery codes', async () => {
    await rows.execute(WITHOUT_CONFIRMED);
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(confirm)).toEqual([
      true,
      {
        changed: { 'factors alice-pending': confirmed, 'sessions alice-here': markedSession },
        added: { factors: codeRows, audit_events: [event] },
      },
    ]);
  });

  it('stores no recovery codes beside those that the user has with passkeys', async () => {
    await rows.execute("DELETE FROM factors WHERE id = 'alice-totp'");
    const [done, { added }] = await rows.differenceAfter(confirm);
    expect([done, added]).toEqual([true, { audit_events: [event] }]);
  });

  it('stores no recovery codes with another factor, and its resealed secret', async () => {
    const resealed = { ...use, resealed: 'new seal' };
    const work = () => factors.confirm(rows.aliceHere, resealed, how);
    expect(await rows.differenceAfter(work)).toEqual([
      true,
      {
        changed: {
          'factors alice-pending': { ...confirmed, secret: 'new seal' },
          'sessions alice-here': markedSession,
        },
        added: { audit_events: [event] },
      },
    ]);
  });

  describe.each([
    ['first', WITHOUT_CONFIRMED],
    ['second', 'SELECT 1'],
  ])('of a %s factor', (_, sql) => {
    beforeEach(() => rows.execute(sql));
    rows.writesNothing(confirm, false, [
      ...isOver,
      ['the time step was used', stepWas('alice-pending', 41)],
      ['it is confirmed', "UPDATE factors SET confirmed_at_ms = 60 WHERE id = 'alice-pending'"],
      ['it was replaced', "DELETE FROM factors WHERE id = 'alice-pending'"],
      ['it is another user’s', "UPDATE factors SET user_id = 2 WHERE id = 'alice-pending'"],
    ]);
  });

  const others = () => factors.confirm(rows.aliceHere, useOf('bob-pending', 'totp', 41), how);
  rows.writesNothing(others, false, [['another user’s factor is named', WITHOUT_CONFIRMED]]);
});

describe('prove', () => {
  const prove = (use: FactorUse) => () => factors.prove(rows.aliceHere, use, rows.auditContext);
  const totp = useOf('alice-totp', 'totp', 41);
  const code = useOf('alice-code-1', 'recovery-code', 1);
  const proven = (reason: string) => rows.eventRow('REAUTHENTICATED', { reason });

  it('uses one time step up and marks one session', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(prove({ ...totp, resealed: 'new seal' }))).toEqual([
      true,
      {
        changed: {
          'factors alice-totp': { last_step: 41, last_used_at_ms: 1000, secret: 'new seal' },
          'sessions alice-here': markedSession,
        },
        added: { audit_events: [proven('totp')] },
      },
    ]);
  });

  it('uses one recovery code up, and records it', async () => {
    const used = { reason: 'reauthentication', session_id: 'alice-here' };
    expect(await rows.differenceAfter(prove(code))).toEqual([
      true,
      {
        changed: { 'sessions alice-here': markedSession },
        removed: ['factors alice-code-1'],
        added: {
          audit_events: [proven('recovery-code'), rows.eventRow('RECOVERY_CODE_USED', used)],
        },
      },
    ]);
  });

  rows.writesNothing(prove(totp), false, [
    ...isOver,
    ['the time step was used', stepWas('alice-totp', 41)],
    ['a later time step was used', stepWas('alice-totp', 42)],
    ['the factor is not confirmed', 'UPDATE factors SET confirmed_at_ms = NULL WHERE user_id = 1'],
    ['the factor is another user’s', "UPDATE factors SET user_id = 2 WHERE id = 'alice-totp'"],
  ]);
  rows.writesNothing(prove(code), false, [
    ...isOver,
    ['the code was used', "DELETE FROM factors WHERE id = 'alice-code-1'"],
  ]);

  it.each([totp, code])('succeeds once for fifty uses of %o', async (use) => {
    const proofs = await Promise.all(Array.from({ length: 50 }, prove(use)));
    expect(proofs.filter(Boolean)).toHaveLength(1);
  });
});
