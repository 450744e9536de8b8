/**
 * Cases that every run begins with: each refusal that a client can provoke once, and what a run
 * once failed on.
 */
import type { Contract } from '../../../src/contracts/contract.ts';
import type { Documented } from '../published.ts';
import { MARK } from './edits.ts';
import type { Change } from './outgoing.ts';
import type { Circumstances } from './fixture.ts';
import type { Case } from './send.ts';

const BEST: Circumstances = { user: 'active', from: 'a fresh address' };

const on = (...changes: Change[]): Case => ({ circumstances: BEST, changes });
const wrongly = (which: number) => on({ which, json: '"a wrong one"' });

const EVERYWHERE: readonly Case[] = [
  on(),
  { circumstances: { ...BEST, from: 'a spent address' }, changes: [] },
  { circumstances: { ...BEST, from: 'plain http' }, changes: [] },
  { circumstances: { ...BEST, user: 'inactive' }, changes: [] },
  { circumstances: { ...BEST, user: 'unverified' }, changes: [] },
  on({ header: 'Authorization', value: null }, { header: 'Cookie', value: null }),
  on({ credential: { flip: 60 } }),
  on({ header: 'Content-Type', value: 'text/plain' }),
  on({ header: 'Origin', value: 'https://evil.example' }),
  on({ text: { put: '[]' } }),
  on({ extra: '__proto__', json: '{"admin":true}', first: true }),
  on({ which: 0, json: '"\\ud800"' }),
  on({ size: 16_385 }),
  on({ which: 0, edit: { insert: `${MARK} `, at: 0 } }),
  on({ which: 1, edit: { insert: MARK, at: 50 } }),
  on({ path: { insert: `/${MARK}`, at: 100 } }),
  on({ header: 'X-Request-Id', value: MARK }, { header: 'User-Agent', value: MARK }),
  on({ header: 'Authorization', value: `Bearer ${MARK}` }),
  on({ method: 'PURGE' }),
  on({ lastSegment: { form: 'percent twice' } }),
];

const times = (n: number, one: Case) => Array.from({ length: n }, () => one);

/** Five wrong passwords lock: the sixth is told so. */
const OWN: Readonly<Record<string, readonly Case[]>> = {
  login: [on({ which: 1, edit: { insert: '\0', at: 100 } }), ...times(6, wrongly(1))],
  refresh: [on({ credential: { form: 'percent' } })],
  register: [on({ which: 0, json: '"johndoe"' })],
  'verify-email': [on({ which: 2, json: '"000000"' }), ...times(6, wrongly(1))],
  'reset-password': [on({ credential: { flip: 50 } }), on({ which: 1, json: '"password1"' })],
  'confirm-email': [on({ which: 0, json: '"000000"' })],
  'change-password': times(6, wrongly(0)),
  'change-email': times(6, wrongly(1)),
  'delete-account': times(6, wrongly(0)),
  'end-session': [
    on({ lastSegment: { put: '00000000-0000-4000-8000-000000000000' } }),
    on({ lastSegment: { put: '%25%32%66' } }),
    on({ lastSegment: { put: '%ZZ' } }),
  ],
};

export const keptFor = (operation: string): Case[] => [...(OWN[operation] ?? []), ...EVERYWHERE];

const GUESSED = ['invalid', 'locked'];
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  login: [...GUESSED, 'inactive'],
  'verify-email': ['invalid-code', 'locked'],
  'reset-password': ['invalid-link'],
  'confirm-email': ['invalid-code'],
  'change-password': GUESSED,
  'change-email': GUESSED,
  'delete-account': GUESSED,
  'end-session': ['not-found'],
};

/** How often, at least, the cases of an operation must come to what. */
export function floorOf(contract: Contract, { id, statuses }: Documented): Record<string, number> {
  const success = statuses.filter((status) => status < 300);
  const refusals = statuses.filter((status) => status >= 400 && status < 500);
  const outcomes = [
    ...(OUTCOMES[id] ?? []),
    ...(id === 'login' && contract.requiresVerifiedEmail ? ['unverified'] : []),
    ...(id === 'register' && contract.identifier === 'username' ? ['taken'] : []),
    ...(refusals.some((status) => status === 400 || status === 422) ? ['malformed'] : []),
    ...(refusals.includes(401) && id !== 'login' ? ['unauthenticated'] : []),
  ];
  return {
    ...Object.fromEntries([...refusals, ...outcomes].map((what) => [what, 1])),
    ...Object.fromEntries(success.map((status) => [status, 8])),
    404: 1,
    405: 1,
  };
}
