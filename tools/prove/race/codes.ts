/** Codes, links, and the password that is asked for again: attempts are counted before verdicts. */
import { LINKS, REGISTRATIONS, TRIES } from '../../../src/policy/allowances.ts';
import { prepareBurst, sendOne } from '../../burst.ts';
import { threshold, type AttackContext } from './context.ts';
import { times, withinTickets, withinTicketsPerName } from './guessing.ts';
import {
  codeFor,
  createUsers,
  linkTokenFor,
  newPerson,
  register,
  registrar,
  verifyEmail,
} from './users.ts';
import {
  ask,
  contractAt,
  guess,
  login,
  outcomeOf,
  outcomesIn,
  outcomesInTurn,
  outcomesOf,
  profile,
  tally,
  tokensIn,
  type Attempt,
  type Outcome,
  type Person,
} from './wire.ts';

const MANY = 60;

export async function codes(context: AttackContext): Promise<void> {
  await registrationCodes(context);
  await registrationsSideBySide(context);
  await addressCodes(context);
  await links(context);
  await currentPasswords(context);
}

const outcome = async (origin: string, attempt: Attempt): Promise<Outcome> =>
  outcomeOf(attempt, await sendOne(origin, attempt));

async function accessTokenOf(origin: string, person: Person): Promise<string> {
  const answer = await sendOne(origin, login(registrar, person));
  const tokens = tokensIn(registrar, answer);
  if (tokens === null) throw new Error(`${person.email} cannot log in: ${answer.text}`);
  return tokens.access;
}

async function registrationCodes({ origin, claim }: AttackContext): Promise<void> {
  const [guessed, verified] = [newPerson(), newPerson()];
  const [handle] = await register(origin, [guessed, verified]);
  const code = await codeFor(origin, guessed.email);
  await claimTries({ origin, claim }, 'codes of a registration', {
    right: code,
    attempt: (code) => verifyEmail(guessed, code),
  });
  const holder = await outcome(origin, verifyEmail(guessed, code, handle));
  claim({
    what: 'the same right code with the handle of its registration',
    seen: holder,
    allowed: 'granted: attackers have neither locked it nor used up its tries',
    holds: holder === 'granted',
  });

  const right = await codeFor(origin, verified.email);
  // A code that was used is wrong: each attempt that comes too late is a failure.
  const outcomes = await outcomesOf(
    origin,
    times(threshold, () => verifyEmail(verified, right)),
  );
  const counts = tally(outcomes);
  const after = await outcome(origin, login(registrar, verified));
  claim({
    what: `the right code of a registration ${threshold} times at once, then a login`,
    seen: `${counts}; ${after}`,
    allowed: 'granted once, the others refused; the login granted',
    holds:
      counts.of('granted') === 1 &&
      counts.of('invalid-code', 'busy') === threshold - 1 &&
      after === 'granted',
  });
}

async function registrationsSideBySide({ origin, claim }: AttackContext): Promise<void> {
  const { email } = newPerson();
  const users = times(REGISTRATIONS.attempts, () => ({ ...newPerson(), email }));
  const codes: string[] = [];
  const proofs: Attempt[] = [];
  for (const person of users) {
    const [handle] = await register(origin, [person]);
    const code = await codeFor(origin, email, codes);
    codes.push(code);
    proofs.push(verifyEmail(person, code, handle));
  }
  const outcomes = await outcomesOf(origin, proofs);
  const logins = await outcomesOf(
    origin,
    users.map((person) => login(registrar, person)),
  );
  claim({
    what: `${proofs.length} registrations of one address, each verified at once with its own handle, code and password; then a login for each`,
    seen: `${tally(outcomes)}; ${tally(logins)}`,
    allowed: 'one granted; one login granted, the one that was verified',
    holds:
      tally(outcomes).of('granted') === 1 &&
      tally(logins).of('granted') === 1 &&
      outcomes.indexOf('granted') === logins.indexOf('granted'),
  });
}

async function addressCodes({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, 'person');
  const token = await accessTokenOf(origin, person);
  const { email } = newPerson();
  const input = { email, password: person.password };
  const requested = await outcome(origin, ask(registrar, 'change-email', { input, token }));
  if (requested !== 'granted') throw new Error(`change-email answered ${requested}`);
  await claimTries({ origin, claim }, 'codes of a new address', {
    right: await codeFor(origin, email),
    attempt: (code) => ask(registrar, 'confirm-email', { input: { code }, token }),
  });
}

/** Claims that the right code comes too late once all tries have been answered. */
async function claimTries(
  { origin, claim }: Pick<AttackContext, 'origin' | 'claim'>,
  codes: string,
  { right, attempt }: { right: string; attempt: (code: string) => Attempt },
): Promise<void> {
  const wrong = times(MANY, (n) =>
    attempt(String((Number(right) + 1 + n) % 1_000_000).padStart(6, '0')),
  );
  const used = Promise.withResolvers<void>();
  let heads = 0;
  const burst = await prepareBurst(origin, wrong, () => {
    heads += 1;
    if (heads === TRIES.attempts) used.resolve();
  });
  await burst.release();
  await Promise.race([used.promise, burst.answers]);
  const late = await outcome(origin, attempt(right));
  const outcomes = outcomesIn(wrong, await burst.answers);
  const after = await outcome(origin, attempt(right));
  claim({
    what: `${MANY} wrong ${codes} at once; after ${TRIES.attempts} answers the right one, and again after all`,
    seen: `${tally(outcomes)}; right: ${late}, ${after}`,
    allowed: 'none granted',
    holds:
      tally(outcomes).of('invalid-code', 'busy', 'locked') === MANY &&
      ['invalid-code', 'busy', 'locked'].includes(late) &&
      ['invalid-code', 'locked'].includes(after),
  });
}

async function links({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, 'person');
  const before = await accessTokenOf(origin, person);
  const { email } = person;
  const identifier = { kind: 'email' as const, value: email };
  const input = { identifier, handle: null };
  const tokens: string[] = [];
  for (let n = 0; n < LINKS.attempts; n += 1) {
    const requested = await outcome(origin, ask(registrar, 'forgot-password', { input }));
    if (requested !== 'granted') throw new Error(`forgot-password answered ${requested}`);
    tokens.push(await linkTokenFor(origin, email, tokens));
  }
  const passwords = times(20, () => newPerson().password);
  const outcomes = await outcomesOf(
    origin,
    passwords.map((password, n) =>
      ask(registrar, 'reset-password', {
        input: { token: tokens[n % tokens.length] ?? '', password },
      }),
    ),
  );
  const passwordOf = (index: number) => ({ ...person, password: passwords[index] ?? '' });
  const then = await outcomesInTurn(origin, [
    login(registrar, passwordOf(outcomes.indexOf('granted'))),
    login(registrar, passwordOf(outcomes.lastIndexOf('invalid-link'))),
    login(registrar, person),
    profile(registrar, before),
  ]);
  claim({
    what: `${tokens.length} reset links of one account used 20 times at once; then the password that was set, one that was not, the old one, and a session from before`,
    seen: `${tally(outcomes)}; ${then.join(', ')}`,
    allowed: 'granted once; granted, invalid, invalid, unauthenticated',
    holds:
      tally(outcomes).of('granted') === 1 &&
      tally(outcomes).of('invalid-link') === 19 &&
      then.join() === 'granted,invalid,invalid,unauthenticated',
  });
}

async function currentPasswords({ origin, claim }: AttackContext): Promise<void> {
  const { guessed, changing } = await createUsers(origin, 'guessed', 'changing');
  const change = (currentPassword: string, token: string) =>
    ask(registrar, 'change-password', {
      input: { currentPassword, newPassword: newPerson().password },
      token,
    });
  const token = await accessTokenOf(origin, guessed);
  const attempts = times(MANY, (n) =>
    n % 2 === 0 ? change(newPerson().password, token) : guess(contractAt(n), guessed),
  );
  const outcomes = await outcomesOf(origin, attempts);
  const [changes, logins] = [0, 1].map((half) => outcomes.filter((_, n) => n % 2 === half));
  const guesses = attempts.filter((_, n) => n % 2 === 1);
  const after = await outcome(origin, change(guessed.password, token));
  claim({
    what: `${MANY} wrong ones at once at one account, half at login, half at change-password with a stolen token; then the right one there`,
    seen: `change-password: ${tally(changes ?? [])}; login: ${tally(logins ?? [])}; ${after}`,
    allowed: `${threshold} verdicts at change-password, and at each name; locked`,
    holds:
      withinTickets(changes ?? []) &&
      withinTicketsPerName(guesses, logins ?? []) &&
      after === 'locked',
  });

  const ownToken = await accessTokenOf(origin, changing);
  const changed = tally(
    await outcomesOf(
      origin,
      times(10, () => change(changing.password, ownToken)),
    ),
  );
  claim({
    what: 'one password changed to 10 others at once, all with the right one',
    seen: String(changed),
    allowed: 'granted once; the others find it changed',
    holds:
      changed.of('granted') === 1 &&
      changed.of('unauthenticated', 'invalid', 'locked', 'busy') === 9,
  });
}
