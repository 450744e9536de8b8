/**
 * Known and unknown addresses are alike over any sequence of public requests: the same statuses,
 * headers, bytes, and calls before the answer, at each step. Sequences are drawn, and those that
 * once told an account apart are kept.
 */
import * as fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { anySequence, enumeration, type Sequence, type Step } from '../support/enumeration.ts';
import { captureConsole } from '../support/fuzz/captured-console.ts';
import { contractCases } from '../support/test-app.ts';

/** Each of up to twelve requests at two addresses: a second or two. */
const RUNS_EACH = 7;

const play = enumeration();
beforeEach(() => {
  captureConsole();
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

const one: Omit<Step, 'operation'> = {
  contract: 0,
  name: 'registered username',
  password: 'first',
  code: 'wrong',
  handle: 'not at all',
  afterMinutes: 0,
};
const times = (n: number, step: Step) => Array.from({ length: n }, () => step);
const fromEverywhere = (...steps: Step[]): [Sequence] => [
  { account: 'active', isFromOneAddress: false, steps },
];

/** Each tells whether there is an account where a failure is settled as anything else. */
const kept = [
  // The right password with a wrong code cost no try.
  fromEverywhere(
    { ...one, operation: 'register' },
    ...times(6, { ...one, operation: 'verify-email' }),
  ),
  // The right code with a wrong password costs one as well.
  fromEverywhere(
    { ...one, operation: 'register' },
    ...times(6, { ...one, operation: 'verify-email', code: 'mailed' }),
  ),
];
const [byUsername, byEmail] = (['username', 'email'] as const).map((identifier) =>
  contractCases.findIndex(({ contract }) => contract.identifier === identifier),
);
const keptAcrossContracts = [
  // The two names of an account shared one lock.
  fromEverywhere(
    ...times(5, { ...one, operation: 'login', name: 'username', contract: byUsername ?? 0 }),
    { ...one, operation: 'login', contract: byEmail ?? 0 },
  ),
];

const property = (contracts: typeof contractCases) =>
  fc.asyncProperty(anySequence, async (sequence) => {
    for (const { step, known, unknown } of await play(contracts, sequence)) {
      expect({ step, ...unknown }).toEqual({ step, ...known });
    }
  });

it.each(contractCases)(
  'tells nobody of an account, whatever is asked for at $name',
  async (contractCase) => {
    expect.hasAssertions();
    await fc.assert(property([contractCase]), { numRuns: RUNS_EACH, examples: kept });
  },
);

it('tells nobody of an account, whatever is asked for across contracts', async () => {
  expect.hasAssertions();
  await fc.assert(property(contractCases), {
    numRuns: 2 * RUNS_EACH,
    examples: keptAcrossContracts,
  });
});
