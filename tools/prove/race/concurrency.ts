/** Right and wrong together: nobody who knows the password pays for the crowd. */
import { settings, type AttackContext } from './context.ts';
import { answersTo, guesses } from './guessing.ts';
import { createUsers } from './users.ts';
import { fire, fireOne } from './burst.ts';
import {
  atOneName,
  claimsOf,
  contractAt,
  login,
  profile,
  refresh,
  served,
  tally,
  told,
  tokensIn,
  type Person,
  type Told,
} from './wire.ts';

const { threshold } = settings.lockout;

const logins = (person: Person, amount: number) =>
  Array.from({ length: amount }, (_, n) => {
    const contract = contractAt(n);
    return { contract, shot: login(contract, person) };
  });

export async function concurrency(field: AttackContext): Promise<void> {
  const { origin, claim } = field;
  const { one, two, three, four } = await createUsers(origin, ['one', 'two', 'three', 'four']);

  const together = await fire(
    origin,
    logins(one, 50).map(({ shot }) => shot),
  );
  const sessions = new Set(together.map((heard, n) => tokensIn(contractAt(n), heard)?.access));
  sessions.delete(undefined);
  claim({
    what: '50 right logins at once at one account',
    seen: `${tally(together.map((heard, n) => told(contractAt(n), heard)))}; ${sessions.size} different access tokens`,
    allowed: '50 granted, each a token of its own',
    holds: sessions.size === 50,
  });

  const few = threshold - 1;
  const mixed = mix(logins(two, 40), guesses(two, few));
  const answers = await answersTo(origin, mixed);
  claim({
    what: `40 right and ${few} wrong ones among them`,
    seen: String(tally(answers)),
    allowed: `all right ones granted, ${few} verdicts`,
    holds: tally(answers).of('granted') === 40 && tally(answers).of('invalid') === few,
  });

  const [wrong, right] = [guesses(three, 150), logins(three, 10)];
  const flood = mix(wrong, right);
  const heard = await answersTo(origin, flood);
  const rights = new Set(right);
  const isRight = (n: number) => flood[n] !== undefined && rights.has(flood[n]);
  const ofRight = tally(heard.filter((_, n) => isRight(n)));
  const ofWrong = tally(heard.filter((_, n) => !isRight(n)));
  // A success gives the failures at its name back, so that each one may open five more.
  const most = threshold * (atOneName.length + ofRight.of('granted'));
  claim({
    what: '150 wrong and 10 right ones',
    seen: `wrong: ${ofWrong}; right: ${ofRight}`,
    allowed: `${most} verdicts (${threshold} at each name, and ${threshold} more for each success); right ones granted, locked or busy`,
    holds:
      ofWrong.of('invalid') <= most &&
      ofWrong.of('invalid', 'locked', 'busy') === wrong.length &&
      ofRight.of('granted', 'locked', 'busy') === right.length,
  });

  await sameSuccessor(field, four);
}

/** Spread evenly. */
function mix<T>(many: readonly T[], few: readonly T[]): T[] {
  const step = Math.ceil(many.length / few.length);
  return many.flatMap((each, n) => {
    const guest = n % step === 0 ? few[n / step] : undefined;
    return guest === undefined ? [each] : [guest, each];
  });
}

async function sameSuccessor({ origin, claim }: AttackContext, person: Person): Promise<void> {
  for (const contract of served.filter((each) => each.refresh !== null)) {
    const granted = await fireOne(origin, login(contract, person));
    const first = tokensIn(contract, granted)?.refresh;
    if (!first) throw new Error(`${contract.name}: no refresh token: ${granted.text}`);
    const heard = await fire(
      origin,
      Array.from({ length: 30 }, () => refresh(contract, first)),
    );
    const tokens = heard.map((answer) => tokensIn(contract, answer));
    const successors = new Set(tokens.map((pair) => idOf(pair?.refresh)));
    const [successor] = tokens;
    const next: Told[] = [];
    for (const shot of [
      profile(contract, successor?.access ?? ''),
      refresh(contract, successor?.refresh ?? ''),
    ]) {
      next.push(told(contract, await fireOne(origin, shot)));
    }
    claim({
      what: `one refresh token used 30 times at once, at ${contract.name}`,
      seen: `${tally(heard.map((each) => told(contract, each)))}; ${successors.size} successor; which opens the profile and refreshes: ${next.join(', ')}`,
      allowed: '30 granted, one successor, and it is good',
      holds: !successors.has(null) && successors.size === 1 && tally(next).of('granted') === 2,
    });
  }
}

/** A token's own id: all who refresh at once get the same one, signed each for itself. */
const idOf = (token: string | null | undefined) => (token ? claimsOf(token).jti : null);
