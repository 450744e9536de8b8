/**
 * Sends mutated requests to the operations of every contract and checks the invariants. Every run
 * begins with the cases below: each refusal that a client can provoke, and what once failed.
 */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { operationsOf as operationsIn, routeOf } from '../../../src/contracts/routes.ts';
import { FACTOR_OPERATIONS } from '../../../src/flows/factor-operations.ts';
import { OPERATIONS, type Operation } from '../../../src/flows/operations.ts';
import { captureConsole, type CapturedConsole } from '../captured-console.ts';
import { isPublished, operationAt, operationsOf } from '../published.ts';
import { contractCases } from '../test-app.ts';
import { MARK, mutationOf } from './arbitraries.ts';
import { targetOf, violationsOf } from './invariants.ts';
import { applyMutations, requestInit, type Mutation } from './mutation.ts';
import { requestsOf, type AttackContext, type Requests } from './requests.ts';

/** Besides the cases below; `npm run fuzz` draws others, for as long as it is told. */
const RUNS_EACH = 40;

interface Case {
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

const EVERYWHERE: readonly Case[] = [
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
const OWN: {
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
    cases: [UNPROVEN, on({ lastSegment: { put: '00000000-0000-4000-8000-000000000000' } })],
    outcomes: ['reauthentication-required', 'not-found'],
  },
  'end-session': {
    cases: ['00000000-0000-4000-8000-000000000000', '%25%32%66', '%ZZ'].map((put) =>
      on({ lastSegment: { put } }),
    ),
    outcomes: ['not-found'],
  },
};

const drawn = (hasFields: boolean): fc.Arbitrary<Case> =>
  fc.record({
    context: fc.record({
      user: fc.oneof(
        { weight: 12, arbitrary: fc.constant('active' as const) },
        {
          weight: 3,
          arbitrary: fc.constantFrom('inactive', 'unverified', 'without a password'),
        },
      ),
      from: fc.oneof(
        { weight: 12, arbitrary: fc.constant('a fresh address' as const) },
        { weight: 2, arbitrary: fc.constantFrom('a spent address', 'plain http') },
      ),
    }),
    mutations: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 7, arbitrary: mutationOf(hasFields).map((one) => [one]) },
      { weight: 2, arbitrary: fc.tuple(mutationOf(hasFields), mutationOf(hasFields)) },
    ),
  });

export const isOfSessions = (operation: Operation): boolean =>
  /^(?:login|refresh|renew|logout|profile$|list-sessions|end-session)/.test(operation);

export const isOfFactors = (operation: Operation): boolean =>
  operation === 'second-factor' || operation in FACTOR_OPERATIONS;

/** Defines the tests of the operations that `isChosen`. */
export function fuzz(isChosen: (operation: Operation) => boolean): void {
  let captured: CapturedConsole;
  beforeEach(() => {
    captured = captureConsole();
  });

  describe.each(contractCases.filter(({ name }) => isPublished(name)))(
    '$name',
    ({ name, contract, isByUsername, statusAt }) => {
      const requests = requestsOf(name);
      const documented = operationsOf(name);
      const chosen = operationsIn(contract).filter((operation) => isChosen(operation));

      it.each(chosen)('holds the invariants at %s', async (route) => {
        const template = routeOf(contract, route).path.replaceAll(/:(\w+)/g, '{$1}');
        const place = documented.find(
          ({ operations, path }) => operations.includes(route) && path === template,
        );
        if (place === undefined) throw new Error(`${route} of ${name} is not documented`);
        const hasBody = routeOf(contract, route).request !== null;
        const reached = new Set<string>();
        let granted = 0;
        const property = fc.asyncProperty(drawn(hasBody), async (one) => {
          const result = await send(requests, route, { ...one, captured });
          if (result === null) return;
          expect(result.violations).toEqual([]);
          if (result.status < 300) granted += 1;
          reached.add(String(result.status));
          if (result.operation === place.id) reached.add(result.outcome);
        });
        const { cases = [], outcomes = [] } = OWN[route] ?? {};
        const examples = [...cases, ...EVERYWHERE].map((one): [Case] => [one]);
        // fast-check counts examples as runs.
        await fc.assert(property, { numRuns: examples.length + RUNS_EACH, examples });
        // Of a place that operations share, some refusals are those of the others.
        const isOwn = place.operations.length === 1;
        const refusals = isOwn ? place.statuses.filter((one) => one >= 400 && one < 500) : [];
        const { malformed, unauthenticated } = statusAt(route);
        const expected = [
          ...refusals.map(String),
          ...outcomes,
          ...(route === 'login' && contract.requiresVerifiedEmail ? ['unverified'] : []),
          ...(route === 'register' && isByUsername ? ['taken'] : []),
          ...(refusals.includes(malformed) ? ['malformed'] : []),
          ...(refusals.includes(unauthenticated) && !isPublic(route) ? ['unauthenticated'] : []),
          '404',
          '405',
        ];
        expect(
          expected.filter((what) => !reached.has(what)),
          'never reached',
        ).toEqual([]);
        expect(granted).toBeGreaterThanOrEqual(5);
      });
    },
  );
}

const isPublic = (operation: Operation) => OPERATIONS[operation].access === 'public';

/** Null: no client could send it. */
async function send(
  requests: Requests,
  route: Operation,
  { context, mutations, captured }: Case & { captured: CapturedConsole },
) {
  const { name: contract } = requests;
  const granted = await requests.granted(route, context);
  const outgoing = applyMutations(granted.outgoing, mutations);
  const init = requestInit(outgoing);
  if (init === null) return null;
  captured.take();
  const { origin, path } = outgoing;
  const answer = await requests.fetch(context)(path, { ...init, origin });
  const log = captured.take();
  const violations = violationsOf(
    { contract, granted, outgoing, headers: init.headers },
    answer,
    log,
  );
  if (answer.status < 300) requests.used(route, context);
  const [, outcome = ''] = /"outcome":"([\w-]+)"/.exec(log.join('\n')) ?? [];
  const operation = operationAt({ contract, ...targetOf(outgoing) });
  return { violations, status: answer.status, outcome, operation };
}
