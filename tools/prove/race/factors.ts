/** Second factors: one right code opens one session, and proves an identity once. */
import { sendAll } from '../../burst.ts';
import {
  createEnrolled,
  describeSteps,
  FEW,
  firstWithStep,
  fitting,
  freshCode,
  lastFitting,
  loginWithCode,
  openStep,
  openSteps,
  REFUSALS,
  submissions,
  submit,
  withCode,
  withStep,
  type Enrolled,
} from './authenticators.ts';
import { threshold, type AttackContext } from './context.ts';
import { MANY, times } from './guessing.ts';
import { registrar } from './users.ts';
import {
  ask,
  contractAt,
  outcomesIn,
  outcomesInTurn,
  outcomesOf,
  profile,
  tally,
  tokensIn,
  type Attempt,
} from './wire.ts';
import { stepsAtOnce, wrongCodesAtOnce } from './wrong-codes.ts';

export async function factors(context: AttackContext): Promise<void> {
  await rightCodes(context);
  await wrongCodesAtOnce(context);
  await stepsAtOnce(context);
  await proofs(context);
}

async function rightCodes({ origin, claim }: AttackContext): Promise<void> {
  const users = await createEnrolled(origin, 'one', 'other', 'third', 'fourth', 'beside');
  const one = [firstWithStep];
  for (const [user, contracts, isRecovery] of [
    [users.one, one, false],
    [users.other, fitting, false],
    [users.third, one, true],
    [users.fourth, lastFitting, true],
  ] as const) {
    const steps = await openSteps(origin, user, contracts);
    const code = isRecovery ? (user.recoveryCodes.shift() ?? '') : await freshCode(user);
    await claimOneSession(
      { origin, claim },
      {
        what: `${MANY} submissions of one right ${isRecovery ? 'recovery code' : 'code'} at once, by ${describeSteps(steps)}`,
        attempts: submissions(steps, code, MANY),
        code,
        user,
      },
    );
    const other = user.recoveryCodes.shift() ?? '';
    const late = tally(
      await outcomesInTurn(
        origin,
        steps.map((step) => submit(step, other)),
      ),
    );
    claim({
      what: 'then another right code by each of the handles',
      seen: String(late),
      allowed: 'expired-step, since a success ends every step of its account, or locked',
      holds: late.of('expired-step', 'locked') === steps.length,
    });
  }
  const { beside: user } = users;
  const code = await freshCode(user);
  await claimOneSession(
    { origin, claim },
    {
      what: `${FEW} logins at once with one right code beside the password, at ${withCode.length} contracts`,
      attempts: times(FEW, (n) => loginWithCode(contractAt(n, withCode), user, code)),
      code,
      user,
    },
  );
}

/** Claims one grant, whose session lives, and that the code is used up. */
async function claimOneSession(
  { origin, claim }: Pick<AttackContext, 'origin' | 'claim'>,
  attack: { what: string; attempts: readonly Attempt[]; code: string; user: Enrolled },
): Promise<void> {
  const { what, attempts, code, user } = attack;
  const answers = await sendAll(origin, attempts);
  const outcomes = tally(outcomesIn(attempts, answers));
  const sessions = attempts.flatMap(({ contract }, n) => {
    const token = answers[n] && tokensIn(contract, answers[n])?.access;
    return token === undefined ? [] : [profile(contract, token)];
  });
  const alive = tally(await outcomesInTurn(origin, sessions)).of('granted');
  const verdicts = outcomes.of('invalid-factor', 'invalid');
  // At the name whose tries the success has given back; the steps of the other name keep theirs.
  const granted = attempts.find(({ contract }, n) => answers[n] && tokensIn(contract, answers[n]));
  const { contract } = granted ?? { contract: firstWithStep };
  const step = await openStep(origin, user, withStep.includes(contract) ? contract : firstWithStep);
  const [again] = step === null ? ['locked'] : await outcomesInTurn(origin, [submit(step, code)]);
  claim({
    what: `${what}; then the same code by a handle of its own`,
    seen: `${outcomes}; ${alive} session; ${again}`,
    allowed:
      '1 granted, the others refused; 1 session; invalid-factor, or locked by those refusals',
    holds:
      outcomes.of('granted') === 1 &&
      outcomes.of(...REFUSALS) === attempts.length - 1 &&
      alive === 1 &&
      (again === 'invalid-factor' || (again === 'locked' && verdicts >= threshold)),
  });
}

/** Codes within a session: an enrolment that is confirmed, and a proof of identity. */
async function proofs({ origin, claim }: AttackContext): Promise<void> {
  const { owner } = await createEnrolled(origin, 'owner');
  const { token } = owner;
  const code = await freshCode(owner);
  const reauthenticate = () =>
    ask(registrar, 'reauthenticate', { input: { password: null, code }, token });
  const proven = tally(await outcomesOf(origin, times(FEW, reauthenticate)));
  claim({
    what: `one right code used ${FEW} times at once to prove the identity again`,
    seen: String(proven),
    allowed: 'granted once',
    holds: proven.of('granted') === 1 && proven.of(...REFUSALS) === FEW - 1,
  });

  const [enrolling] = times(1, () =>
    ask(registrar, 'enroll-totp', { input: { challenge: null, name: null }, token }),
  );
  const [enrolment] = await sendAll(origin, enrolling === undefined ? [] : [enrolling]);
  const { secret } = JSON.parse(enrolment?.text ?? '{}') as { secret: string };
  const added = { ...owner, secret, lastStep: 0 };
  const first = await freshCode(added);
  const confirmations = times(FEW, () =>
    ask(registrar, 'confirm-totp', { input: { code: first }, token }),
  );
  const confirmed = tally(await outcomesOf(origin, confirmations));
  claim({
    what: `the first code of a second authenticator app confirmed ${FEW} times at once`,
    seen: String(confirmed),
    allowed: 'granted once',
    holds: confirmed.of('granted') === 1 && confirmed.of('invalid-factor') === FEW - 1,
  });
}
