/** Right and wrong passwords together: owners do not pay for attackers. */
import { sendAll, sendOne } from '../../burst.ts';
import { threshold, type AttackContext } from './context.ts';
import { guesses, times } from './guessing.ts';
import { createUsers, newPerson } from './users.ts';
import {
  byIdentifier,
  claimsOf,
  contractAt,
  login,
  outcomesIn,
  outcomesInTurn,
  outcomesOf,
  profile,
  refresh,
  registration,
  served,
  tally,
  tokensIn,
  type Person,
} from './wire.ts';

const logins = (person: Person, amount: number) =>
  times(amount, (n) => login(contractAt(n), person));

/** Spreads the few evenly among the many. */
function mix<T>(many: readonly T[], few: readonly T[]): T[] {
  const step = Math.ceil(many.length / few.length);
  return many.flatMap((each, n) => [
    ...(n % step === 0 ? few.slice(n / step, n / step + 1) : []),
    each,
  ]);
}

export async function concurrency({ origin, isOwn, claim }: AttackContext): Promise<void> {
  const { one, two, three, four } = await createUsers(origin, 'one', 'two', 'three', 'four');

  const asked = logins(one, 50);
  const answers = await sendAll(origin, asked);
  const tokens = new Set(answers.map((answer, n) => tokensIn(contractAt(n), answer)?.access));
  tokens.delete(undefined);
  claim({
    what: '50 right logins at once at one account',
    seen: `${tally(outcomesIn(asked, answers))}; ${tokens.size} different access tokens`,
    allowed: '50 granted, each a token of its own',
    holds: tokens.size === 50,
  });

  const few = threshold - 1;
  const mixed = tally(await outcomesOf(origin, mix(logins(two, 40), guesses(two, few))));
  claim({
    what: `40 right and ${few} wrong ones among them`,
    seen: String(mixed),
    allowed: `all right ones granted, ${few} verdicts`,
    holds: mixed.of('granted') === 40 && mixed.of('invalid') === few,
  });

  const [wrong, right] = [guesses(three, 150), logins(three, 10)];
  const flood = mix(wrong, right);
  const outcomes = await outcomesOf(origin, flood);
  const of = (some: typeof flood) =>
    tally(outcomes.filter((_, n) => flood[n] !== undefined && some.includes(flood[n])));
  // A success resets the failures of its name, so that each allows a further threshold.
  const verdicts = threshold * (byIdentifier.length + of(right).of('granted'));
  claim({
    what: '150 wrong and 10 right ones',
    seen: `wrong: ${of(wrong)}; right: ${of(right)}`,
    allowed: `${verdicts} verdicts (${threshold} at each name, and ${threshold} more for each success); right ones granted, locked or busy`,
    holds:
      of(wrong).of('invalid') <= verdicts &&
      of(wrong).of('invalid', 'locked', 'busy') === wrong.length &&
      of(right).of('granted', 'locked', 'busy') === right.length,
  });

  const immediate = served.filter(({ registration }) => isOwn && registration === 'immediate');
  for (const contract of immediate) {
    const { email } = newPerson();
    const asked = times(50, () => registration(contract, { ...newPerson(), email }));
    const outcomes = tally(await outcomesOf(origin, asked));
    claim({
      what: `50 registrations of one address at once, at ${contract.name}`,
      seen: String(outcomes),
      allowed: 'one granted, 49 taken',
      holds: outcomes.of('granted') === 1 && outcomes.of('taken') === 49,
    });
  }

  for (const contract of served.filter(
    ({ refresh, rotation }) => refresh !== null && rotation === 'each-use',
  )) {
    const granted = await sendOne(origin, login(contract, four));
    const first = tokensIn(contract, granted)?.refresh;
    if (!first) throw new Error(`${contract.name}: no refresh token: ${granted.text}`);
    const asked = times(30, () => refresh(contract, first));
    const answers = await sendAll(origin, asked);
    const pairs = answers.map((answer) => tokensIn(contract, answer));
    // Each answer's token is signed for itself; their id (`jti`) is the same.
    const successors = new Set(
      pairs.map((pair) => (pair?.refresh ? claimsOf(pair.refresh).jti : null)),
    );
    const next = await outcomesInTurn(origin, [
      profile(contract, pairs[0]?.access ?? ''),
      refresh(contract, pairs[0]?.refresh ?? ''),
    ]);
    claim({
      what: `one refresh token used 30 times at once, at ${contract.name}`,
      seen: `${tally(outcomesIn(asked, answers))}; ${successors.size} successor; profile and refresh with it: ${next.join(', ')}`,
      allowed: '30 granted, one successor, and it is valid',
      holds: !successors.has(null) && successors.size === 1 && tally(next).of('granted') === 2,
    });
  }
}
