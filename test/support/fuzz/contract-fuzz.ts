/**
 * Sends mutated requests to the operations of every contract and checks the invariants. Every run
 * begins with the cases of cases.ts: each refusal that a client can provoke, and what once failed.
 */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { operationsOf as operationsIn, routeOf } from '../../../src/contracts/routes.ts';
import { FACTOR_OPERATIONS } from '../../../src/flows/factor-operations.ts';
import { OPERATIONS, type Operation } from '../../../src/flows/operations.ts';
import { PASSKEY_OPERATIONS } from '../../../src/flows/passkey-operations.ts';
import { captureConsole, type CapturedConsole } from '../captured-console.ts';
import { isPublished, operationAt, operationsOf } from '../published.ts';
import { contractCases } from '../test-app.ts';
import { mutationOf } from './arbitraries.ts';
import { EVERYWHERE, OWN, type Case } from './cases.ts';
import { targetOf, violationsOf } from './invariants.ts';
import { applyMutations, requestInit } from './mutation.ts';
import { requestsOf, type Requests } from './requests.ts';

/** Besides those cases; `npm run fuzz` draws others, for as long as it is told. */
const RUNS_EACH = 15;

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

export const isOfPasskeys = (operation: Operation): boolean => operation in PASSKEY_OPERATIONS;

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
          ...(/^(?:passkey-)?login$/.test(route) && contract.requiresVerifiedEmail
            ? ['unverified']
            : []),
          ...(route === 'register' && isByUsername ? ['taken'] : []),
          // Of an operation around passkeys without a body, another refusal may have the status.
          ...(refusals.includes(malformed) && (hasBody || !isOfPasskeys(route))
            ? ['malformed']
            : []),
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
