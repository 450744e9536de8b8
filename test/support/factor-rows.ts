/** Second factors for tests of store functions: the same ones for each user. */
import { env } from 'cloudflare:workers';
import { insertRows } from '../fixtures/rows.ts';
import type { Factor, FactorUse } from '../../src/flows/model/factor.ts';

/** The factors of a user by name, as the store reads them. */
export const factorsOf = (name: string): Factor[] => {
  const confirmed = { createdAtMs: 20, confirmedAtMs: 20, lastUsedAtMs: null, lastStep: 0 };
  const code = (n: number): Factor => ({
    id: `${name}-code-${n}`,
    kind: 'recovery-code',
    secret: `hash ${n}`,
    name: null,
    ...confirmed,
  });
  const totp: Factor = {
    id: `${name}-totp`,
    kind: 'totp',
    secret: 'sealed',
    name: 'Phone',
    ...confirmed,
    lastUsedAtMs: 30,
    lastStep: 40,
  };
  const pending: Factor = {
    id: `${name}-pending`,
    kind: 'totp',
    secret: 'sealed, too',
    name: null,
    createdAtMs: 50,
    confirmedAtMs: null,
    lastUsedAtMs: null,
    lastStep: 0,
  };
  return [pending, totp, code(1), code(2)];
};

/** Second factors as contracts may show them: those of `factorsOf`, the oldest first. */
export const shownFactorsOf = (name: string) => ({
  factors: [
    {
      id: `${name}-totp`,
      kind: 'totp' as const,
      name: 'Phone',
      createdAtMs: 20,
      confirmedAtMs: 20,
      lastUsedAtMs: 30,
    },
    {
      id: `${name}-pending`,
      kind: 'totp' as const,
      name: null,
      createdAtMs: 50,
      confirmedAtMs: null,
      lastUsedAtMs: null,
    },
  ],
  recoveryCodesLeft: 2,
});

export const factorRow = (userId: number, factor: Factor) => ({
  id: factor.id,
  user_id: userId,
  kind: factor.kind,
  secret: factor.secret,
  name: factor.name,
  created_at_ms: factor.createdAtMs,
  confirmed_at_ms: factor.confirmedAtMs,
  last_used_at_ms: factor.lastUsedAtMs,
  last_step: factor.lastStep,
});

export const factorRowsOf = (name: string, userId: number) =>
  factorsOf(name).map((factor) => factorRow(userId, factor));

/** Gives Alice the factors that Bob and Carol have. */
export const enrolAlice = () =>
  insertRows(
    env.DB,
    factorRowsOf('alice', 1).map((columns) => ({ table: 'factors', columns })),
  );

/** Recovery codes that are to be stored at NOW, and their rows. */
export const newCodes = [
  { id: 'new-1', secret: 'hash of new 1' },
  { id: 'new-2', secret: 'hash of new 2' },
];
export const codeRows = newCodes.map(({ id, secret }) => ({
  id,
  user_id: 1,
  kind: 'recovery-code',
  secret,
  name: null,
  created_at_ms: 1000,
  confirmed_at_ms: 1000,
  last_used_at_ms: null,
  last_step: 0,
}));

export const useOf = (factorId: string, kind: FactorUse['kind'], step: number): FactorUse => ({
  factorId,
  kind,
  step,
  resealed: null,
});
