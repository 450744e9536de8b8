/** Wrong codes of second factors: counted with wrong passwords, and no free verdict for either. */
import type { Contract } from '../../../src/contracts/contract.ts';
import {
  createEnrolled,
  describeSteps,
  FEW,
  firstWithStep,
  lastFitting,
  loginWithCode,
  openSteps,
  REFUSALS,
  submit,
  withCode,
  withStep,
  wrongCodes,
  type Enrolled,
  type Step,
} from './authenticators.ts';
import { threshold, type AttackContext } from './context.ts';
import { MANY, times } from './guessing.ts';
import {
  byIdentifier,
  contractAt,
  guess,
  login,
  outcomesInTurn,
  outcomesOf,
  tally,
  type Attempt,
  type Outcome,
} from './wire.ts';

const ALLOWED = `${threshold} verdicts at each name, the others busy, locked or expired-step`;

export async function wrongCodesAtOnce({ origin, claim }: AttackContext): Promise<void> {
  const users = await createEnrolled(origin, 'one', 'other', 'mixed', 'beside');
  for (const [user, contracts] of [
    [users.one, [firstWithStep]],
    [users.other, lastFitting],
  ] as const) {
    const steps = await openSteps(origin, user, contracts);
    const codes = wrongCodes(user, MANY + 4 * steps.length * threshold);
    const attempts = codes.map((code, n) => submit(steps[n % steps.length] as Step, code));
    const atOnce = attempts.slice(0, MANY);
    const outcomes = await outcomesOf(origin, atOnce);
    // One by one no request finds another at work.
    const rest = attempts.slice(MANY);
    outcomes.push(...(await outcomesInTurn(origin, rest)));
    claim({
      what: `${MANY} wrong codes at once by ${describeSteps(steps)}, and ${rest.length} more one by one`,
      seen: String(tally(outcomes)),
      allowed: ALLOWED,
      holds: withinTries(attempts, outcomes),
    });
    await claimLocked({ origin, claim }, user, contracts);
  }

  const { mixed, beside } = users;
  const steps = await openSteps(origin, mixed, [firstWithStep]);
  const attempts = wrongCodes(mixed, MANY / 2).flatMap((code) => [
    submit(steps[0] as Step, code),
    guess(firstWithStep, mixed),
  ]);
  const outcomes = await outcomesOf(origin, attempts);
  claim({
    what: `${MANY} at once at one name, half wrong codes by a handle, half wrong passwords`,
    seen: String(tally(outcomes)),
    allowed: ALLOWED,
    holds: withinTries(attempts, outcomes),
  });

  const logins = wrongCodes(beside, FEW).map((code, n) =>
    loginWithCode(contractAt(n, withCode), beside, code),
  );
  const refused = await outcomesOf(origin, logins);
  claim({
    what: `${FEW} logins at once with the right password and a wrong code beside it`,
    seen: String(tally(refused)),
    allowed: ALLOWED,
    holds: withinTries(logins, refused),
  });
}

/** Checks that each name has told of no more codes and passwords than it has tries. */
function withinTries(attempts: readonly Attempt[], outcomes: readonly Outcome[]): boolean {
  return byIdentifier.every((group) => {
    const own = tally(
      outcomes.filter((_, n) => attempts[n] !== undefined && group.includes(attempts[n].contract)),
    );
    const all = attempts.filter(({ contract }) => group.includes(contract)).length;
    const verdicts = own.of('invalid-factor', 'invalid');
    return all === 0 || (verdicts >= 1 && verdicts <= threshold && own.of(...REFUSALS) === all);
  });
}

async function claimLocked(
  { origin, claim }: Pick<AttackContext, 'origin' | 'claim'>,
  user: Enrolled,
  contracts: readonly Contract[],
): Promise<void> {
  const rights = [...new Set(contracts)].map((contract) => login(contract, user));
  const afterwards = tally(await outcomesOf(origin, rights));
  claim({
    what: 'then the right password, at each of them',
    seen: String(afterwards),
    allowed: 'locked only',
    holds: afterwards.of('locked') === rights.length,
  });
}

/** The right password is told no more often than a wrong one. */
export async function stepsAtOnce({ origin, claim }: AttackContext): Promise<void> {
  const { owner } = await createEnrolled(origin, 'owner');
  const rights = times(MANY / 5, (n) => login(contractAt(n, withStep), owner));
  const outcomes = await outcomesOf(origin, rights);
  const perName = byIdentifier.map((group) =>
    tally(outcomes.filter((_, n) => group.includes((rights[n] as Attempt).contract))),
  );
  claim({
    what: `${rights.length} right passwords at once at an account with a second factor`,
    seen: perName.join('; '),
    allowed: `${threshold} handles at each name, the others locked or busy; no session`,
    holds: perName.every(
      (own) =>
        own.of('second-factor-required') <= threshold &&
        own.of('granted', 'unknown', 'internal') === 0,
    ),
  });
}
