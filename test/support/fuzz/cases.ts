/** The cases that every run begins with: each refusal that a client can provoke, and what once failed. */
import type { Operation } from '../../../src/flows/operations.ts';
import { MARK } from './arbitraries.ts';
import {
  BASE64_TRICKS,
  hostileAttestations,
  hostileClientData,
  hostileData,
} from './hostile-credentials.ts';
import type { Mutation } from './mutation.ts';
import type { AttackContext } from './requests.ts';

export interface Case {
  context: AttackContext;
  mutations: readonly Mutation[];
}

const on = (...mutations: Mutation[]): Case => ({
  context: { user: 'active', from: 'a fresh address' },
  mutations,
});
const from = (context: Partial<AttackContext>, ...mutations: Mutation[]): Case => ({
  context: { ...on().context, ...context },
  mutations,
});
/** Five wrong passwords lock: the sixth is refused for it. */
const sixWrong = (field: number) =>
  Array.from({ length: 6 }, () => on({ field, json: '"a wrong one"' }));
const withoutHeader = (header: string): Mutation => ({ header, edit: { put: null } });
const withHeader = (header: string, put: string): Mutation => ({ header, edit: { put } });

const UNPROVEN = from({ user: 'proven long ago' });
/** The id of nothing there is, in the last segment of the path. */
const ANOTHER = on({ lastSegment: { put: '00000000-0000-4000-8000-000000000000' } });

export const EVERYWHERE: readonly Case[] = [
  on(),
  from({ from: 'a spent address' }),
  from({ from: 'plain http' }),
  from({ from: 'plain http' }, withHeader('X-Forwarded-Proto', 'https')),
  from({ user: 'inactive' }),
  from({ user: 'unverified' }),
  on(withoutHeader('Authorization'), withoutHeader('Cookie')),
  on({ credential: { flip: 60 } }),
  on(withHeader('Content-Type', 'text/plain')),
  on(withHeader('Origin', 'https://evil.example')),
  on({ body: { put: '[]' } }),
  on({ extra: '__proto__', json: '{"admin":true}', first: true }),
  on({ field: 0, json: '"\\ud800"' }),
  on({ size: 16_385 }),
  on({ field: 0, edit: { insert: `${MARK} `, at: 0 } }),
  on({ field: 1, edit: { insert: MARK, at: 50 } }),
  on({ path: { insert: `/${MARK}`, at: 100 } }),
  on(withHeader('X-Request-Id', MARK), withHeader('User-Agent', MARK)),
  on(withHeader('Authorization', `Bearer ${MARK}`)),
  on({ method: 'PURGE' }),
  on({ lastSegment: { form: 'percent twice' } }),
];

/** By operation: its own cases, and the outcomes in the log that its cases must come to. */
export const OWN: {
  readonly [O in Operation]?: { cases: readonly Case[]; outcomes?: readonly string[] };
} = {
  login: {
    cases: [on({ field: 1, edit: { insert: '\0', at: 100 } }), ...sixWrong(1)],
    outcomes: ['invalid', 'locked', 'inactive'],
  },
  refresh: { cases: [on({ credential: { form: 'percent' } })] },
  register: {
    cases: [on({ field: 0, json: '"johndoe"' }), on({ field: 1, json: '"password1"' })],
  },
  'verify-email': {
    cases: [on({ field: 2, json: '"000000"' }), ...sixWrong(1)],
    outcomes: ['invalid-code', 'locked'],
  },
  'reset-password': {
    cases: [on({ credential: { flip: 50 } }), on({ field: 1, json: '"password1"' })],
    outcomes: ['invalid-link'],
  },
  'confirm-email': {
    cases: [on({ field: 0, json: '"000000"' })],
    outcomes: ['invalid-code'],
  },
  'change-password': {
    cases: [on({ field: 1, json: '"password1"' }), ...sixWrong(0)],
    outcomes: ['invalid', 'locked'],
  },
  'change-email': { cases: sixWrong(1), outcomes: ['invalid', 'locked'] },
  'delete-account': { cases: sixWrong(0), outcomes: ['invalid', 'locked'] },
  reauthenticate: {
    cases: [on({ fieldName: 0, put: 'code' }), ...sixWrong(0)],
    outcomes: ['invalid-factor', 'invalid', 'locked'],
  },
  'second-factor': {
    cases: [on({ field: 0, json: '"x"' }), ...sixWrong(1)],
    outcomes: ['expired-step', 'invalid-factor', 'locked'],
  },
  'enroll-totp': {
    cases: [UNPROVEN, from({ user: 'with all factors' })],
    outcomes: ['reauthentication-required', 'too-many-factors'],
  },
  'confirm-totp': {
    cases: [UNPROVEN, on({ field: 0, json: '"000000"' })],
    outcomes: ['reauthentication-required', 'invalid-factor'],
  },
  'challenge-factor': {
    cases: [on({ path: { put: '/gotrue/auth/v1/factors/x/challenge' } })],
    outcomes: ['not-found'],
  },
  'verify-factor': {
    cases: [UNPROVEN, on({ path: { put: '/gotrue/auth/v1/factors/x/verify' } }), ...sixWrong(0)],
    outcomes: ['not-found', 'invalid-factor', 'locked'],
  },
  'new-recovery-codes': { cases: [UNPROVEN], outcomes: ['reauthentication-required'] },
  'remove-factor': {
    cases: [UNPROVEN, ANOTHER],
    outcomes: ['reauthentication-required', 'not-found'],
  },
  'passkey-login': {
    cases: [
      on({ field: 5, json: '"AAAA"' }),
      on({ field: 0, json: '"dW5rbm93bg"' }, { field: 1, json: '"dW5rbm93bg"' }),
      ...hostileClientData.map((put) => on({ field: 3, edit: { put } })),
      ...hostileData.map((put) => on({ field: 4, edit: { put } })),
      ...BASE64_TRICKS.flatMap((edit) => [on({ field: 4, edit }), on({ field: 5, edit })]),
      on({ field: 0, edit: { times: 200 } }),
    ],
    outcomes: ['invalid-passkey', 'expired-challenge', 'inactive'],
  },
  'passkey-options': {
    cases: [UNPROVEN, from({ user: 'with all passkeys' })],
    outcomes: ['reauthentication-required', 'too-many-passkeys', 'unverified'],
  },
  'add-passkey': {
    cases: [
      UNPROVEN,
      from({ user: 'with all passkeys' }),
      on({ field: 4, json: '"AAAA"' }),
      ...hostileClientData.map((put) => on({ field: 3, edit: { put } })),
      ...hostileAttestations.map((put) => on({ field: 4, edit: { put } })),
      ...BASE64_TRICKS.map((edit) => on({ field: 4, edit })),
    ],
    outcomes: ['reauthentication-required', 'too-many-passkeys', 'unverified'],
  },
  'rename-passkey': {
    cases: [
      ANOTHER,
      ...['', ' ', 'x'.repeat(65), '\\u202e', '\\u0000'].map((name) =>
        on({ field: 0, json: `"${name}"` }),
      ),
    ],
    outcomes: ['not-found'],
  },
  'remove-passkey': {
    cases: [UNPROVEN, ANOTHER, from({ user: 'without a password' })],
    outcomes: ['reauthentication-required', 'not-found', 'last-way-in'],
  },
  'remove-password': {
    cases: [UNPROVEN, from({ user: 'without passkeys' })],
    outcomes: ['reauthentication-required', 'last-way-in'],
  },
  'end-session': {
    cases: ['00000000-0000-4000-8000-000000000000', '%25%32%66', '%ZZ'].map((put) =>
      on({ lastSegment: { put } }),
    ),
    outcomes: ['not-found'],
  },
};
