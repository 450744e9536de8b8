/**
 * Sends mutated requests to the operations of every contract and checks the invariants. Every run
 * begins with the cases below: each refusal that a client can provoke, and what once failed.
 */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { captureConsole, type CapturedConsole } from '../captured-console.ts';
import { operationAt, operationsOf } from '../published.ts';
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
const OWN: Readonly<Record<string, { cases: readonly Case[]; outcomes?: readonly string[] }>> = {
  login: {
    cases: [on({ field: 1, edit: { insert: '\0', at: 100 } }), ...sixWrong(1)],
    outcomes: ['invalid', 'locked', 'inactive'],
  },
  refresh: { cases: [on({ credential: { form: 'percent' } })] },
  register: { cases: [on({ field: 0, json: '"johndoe"' })] },
  'verify-email': {
    cases: [on({ field: 2, json: '"000000"' }), ...sixWrong(1)],
    outcomes: ['invalid-code', 'locked'],
  },
  'reset-password': {
    cases: [on({ credential: { flip: 50 } }), on({ field: 1, json: '"password1"' })],
    outcomes: ['invalid-link'],
  },
  'change-email/confirm': {
    cases: [on({ field: 0, json: '"000000"' })],
    outcomes: ['invalid-code'],
  },
  'change-password': { cases: sixWrong(0), outcomes: ['invalid', 'locked'] },
  'change-email': { cases: sixWrong(1), outcomes: ['invalid', 'locked'] },
  'delete-account': { cases: sixWrong(0), outcomes: ['invalid', 'locked'] },
  'sessions/{id}': {
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

/** Defines the tests of the operations that `isChosen`, by path below the contract's base. */
export function fuzz(isChosen: (route: string) => boolean): void {
  let captured: CapturedConsole;
  beforeEach(() => {
    captured = captureConsole();
  });

  describe.each(contractCases)('$name', ({ name, contract, isByUsername }) => {
    const requests = requestsOf(name);
    const operations = operationsOf(name)
      .map((operation) => ({ ...operation, route: requests.routeOf(operation.path) }))
      .filter(({ route }) => isChosen(route));

    it.each(operations)('holds the invariants at $method $route', async (operation) => {
      const { route, method, statuses } = operation;
      const reached = new Set<string>();
      let granted = 0;
      const property = fc.asyncProperty(drawn(method === 'POST'), async (one) => {
        const result = await send(requests, route, { ...one, captured });
        if (result === null) return;
        expect(result.violations).toEqual([]);
        if (result.status < 300) granted += 1;
        reached.add(String(result.status));
        if (result.operation === operation.id) reached.add(result.outcome);
      });
      const { cases = [], outcomes = [] } = OWN[route] ?? {};
      const examples = [...cases, ...EVERYWHERE].map((one): [Case] => [one]);
      // fast-check counts examples as runs.
      await fc.assert(property, { numRuns: examples.length + RUNS_EACH, examples });
      const refusals = statuses.filter((status) => status >= 400 && status < 500).map(String);
      const expected = [
        ...refusals,
        ...outcomes,
        ...(route === 'login' && contract.requiresVerifiedEmail ? ['unverified'] : []),
        ...(route === 'register' && isByUsername ? ['taken'] : []),
        ...(refusals.some((status) => /^(?:400|422)$/.test(status)) ? ['malformed'] : []),
        ...(refusals.includes('401') && route !== 'login' ? ['unauthenticated'] : []),
        '404',
        '405',
      ];
      expect(
        expected.filter((what) => !reached.has(what)),
        'never reached',
      ).toEqual([]);
      expect(granted).toBeGreaterThanOrEqual(5);
    });
  });
}

/** Null: no client could send it. */
async function send(
  requests: Requests,
  route: string,
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
