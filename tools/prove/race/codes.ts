/** Codes, links, and the password asked for once more: tries are counted before they are judged. */
import { LINKS, REGISTRATIONS, TRIES } from '../../../src/policy/allowances.ts';
import type { Contract } from '../../../src/contracts/contract.ts';
import { settings, type AttackContext } from './context.ts';
import { answersTo, withinTickets, withinTicketsAtEach } from './guessing.ts';
import { createUsers, codeFor, invent, linkTokenFor, register, registrar } from './users.ts';
import { aim, fireOne, type BurstRequest } from './burst.ts';
import {
  contractAt,
  guess,
  login,
  post,
  profile,
  tally,
  told,
  tokensIn,
  type Person,
  type Told,
} from './wire.ts';

const { threshold } = settings.lockout;
const { attempts: tries } = TRIES;
const CROWD = 60;

const all = (contract: Contract, shots: readonly BurstRequest[]) =>
  shots.map((shot) => ({ contract, shot }));

const otherThan = (code: string, n: number) =>
  String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0');

export async function letters(field: AttackContext): Promise<void> {
  await registrationCodes(field);
  await registrationsSideBySide(field);
  await addressCodes(field);
  await links(field);
  await currentPasswords(field);
}

async function registrationCodes({ origin, claim }: AttackContext): Promise<void> {
  const [guessed, proven] = [invent(), invent()];
  const [handle] = await register(origin, [guessed, proven]);
  const code = await codeFor(origin, guessed.email);
  const verify = (person: Person, code: string) =>
    post(registrar, 'verify-email', { body: { ...person, code } });
  const shots = Array.from({ length: CROWD }, (_, n) => verify(guessed, otherThan(code, n)));
  await claimTries({ origin, claim }, verify(guessed, code), {
    what: 'codes of a registration',
    shots,
  });
  const body = { ...guessed, code, registration: handle };
  const holder = told(registrar, await fireOne(origin, post(registrar, 'verify-email', { body })));
  claim({
    what: 'the same right code with the handle of its registration',
    seen: holder,
    allowed: 'granted: strangers have neither locked it nor used up its tries',
    holds: holder === 'granted',
  });

  const right = await codeFor(origin, proven.email);
  const answers = await answersTo(
    origin,
    all(
      registrar,
      // Who comes too late has a code that is no longer good: a failure each.
      Array.from({ length: threshold }, () => verify(proven, right)),
    ),
  );
  const after = told(registrar, await fireOne(origin, login(registrar, proven)));
  claim({
    what: `the right code of a registration ${threshold} times at once, then a login`,
    seen: `${tally(answers)}; ${after}`,
    allowed: 'granted once, the others refused; the login granted',
    holds:
      tally(answers).of('granted') === 1 &&
      tally(answers).of('invalid-code', 'busy') === threshold - 1 &&
      after === 'granted',
  });
}

async function registrationsSideBySide({ origin, claim }: AttackContext): Promise<void> {
  const { email } = invent();
  const people = Array.from({ length: REGISTRATIONS.attempts }, () => ({ ...invent(), email }));
  const codes: string[] = [];
  const proofs: BurstRequest[] = [];
  for (const person of people) {
    const [registration = ''] = await register(origin, [person]);
    const code = await codeFor(origin, email, codes);
    codes.push(code);
    proofs.push(post(registrar, 'verify-email', { body: { ...person, code, registration } }));
  }
  const answers = await answersTo(origin, all(registrar, proofs));
  const logins = await answersTo(
    origin,
    all(
      registrar,
      people.map((person) => login(registrar, person)),
    ),
  );
  claim({
    what: `${proofs.length} registrations of one address, each proven at once with its own handle, code and password; then a login for each`,
    seen: `${tally(answers)}; ${tally(logins)}`,
    allowed: 'one granted; one login granted, the one that was proven',
    holds:
      tally(answers).of('granted') === 1 &&
      tally(logins).of('granted') === 1 &&
      answers.indexOf('granted') === logins.indexOf('granted'),
  });
}

async function addressCodes({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, ['person']);
  const token = await accessTokenOf(origin, person);
  const { email } = invent();
  const { password } = person;
  const asked = post(registrar, 'change-email', { body: { email, password }, token });
  if (told(registrar, await fireOne(origin, asked)) !== 'granted')
    throw new Error('no change of address');
  const code = await codeFor(origin, email);
  const confirm = (code: string) =>
    post(registrar, 'change-email/confirm', { body: { code }, token });
  const shots = Array.from({ length: CROWD }, (_, n) => confirm(otherThan(code, n)));
  await claimTries({ origin, claim }, confirm(code), { what: 'codes of a new address', shots });
}

/** Once as many tries have been told as there are, the right one comes too late. */
async function claimTries(
  { origin, claim }: AttackContext,
  right: BurstRequest,
  { what, shots }: { what: string; shots: readonly BurstRequest[] },
): Promise<void> {
  const used = Promise.withResolvers<void>();
  let heads = 0;
  const wrong = await aim(origin, shots, () => {
    heads += 1;
    if (heads === tries) used.resolve();
  });
  await wrong.release();
  await Promise.race([used.promise, wrong.heard]);
  const late = told(registrar, await fireOne(origin, right));
  const answers = (await wrong.heard).map((heard) => told(registrar, heard));
  const after = told(registrar, await fireOne(origin, right));
  claim({
    what: `${CROWD} wrong ${what} at once; after ${tries} answers the right one, and again after all`,
    seen: `${tally(answers)}; right: ${late}, ${after}`,
    allowed: 'none granted',
    holds:
      tally(answers).of('invalid-code', 'busy', 'locked') === CROWD &&
      ['invalid-code', 'busy', 'locked'].includes(late) &&
      ['invalid-code', 'locked'].includes(after),
  });
}

async function links({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, ['person']);
  const before = await accessTokenOf(origin, person);
  const { email } = person;
  const identifier = registrar.account.forgotPassword.safeParse({ email }).success
    ? { email }
    : person;
  const tokens: string[] = [];
  for (let n = 0; n < LINKS.attempts; n += 1) {
    const asked = await fireOne(origin, post(registrar, 'forgot-password', { body: identifier }));
    if (asked.status !== 202) throw new Error(`forgot-password: ${asked.status}`);
    tokens.push(await linkTokenFor(origin, email, tokens));
  }
  const passwords = Array.from({ length: 20 }, () => invent().password);
  const answers = await answersTo(
    origin,
    all(
      registrar,
      passwords.map((password, n) =>
        post(registrar, 'reset-password', { body: { token: tokens[n % tokens.length], password } }),
      ),
    ),
  );
  const winner = passwords[answers.indexOf('granted')] ?? '';
  const loser = passwords[answers.lastIndexOf('invalid-link')] ?? '';
  const then: Told[] = [];
  for (const shot of [
    login(registrar, { ...person, password: winner }),
    login(registrar, { ...person, password: loser }),
    login(registrar, person),
    profile(registrar, before),
  ]) {
    then.push(told(registrar, await fireOne(origin, shot)));
  }
  claim({
    what: `${tokens.length} reset links of one account used 20 times at once; then the password that was set, one that was not, the old one, and a session from before`,
    seen: `${tally(answers)}; ${then.join(', ')}`,
    allowed: 'granted once; granted, invalid, invalid, unauthenticated',
    holds:
      tally(answers).of('granted') === 1 &&
      tally(answers).of('invalid-link') === 19 &&
      then.join() === 'granted,invalid,invalid,unauthenticated',
  });
}

async function currentPasswords({ origin, claim }: AttackContext): Promise<void> {
  const { guessed, changing } = await createUsers(origin, ['guessed', 'changing']);
  const token = await accessTokenOf(origin, guessed);
  const change = (currentPassword: string, token: string) =>
    post(registrar, 'change-password', {
      body: { currentPassword, newPassword: invent().password },
      token,
    });
  const mixed = Array.from({ length: CROWD }, (_, n) => {
    const contract = n % 2 === 0 ? registrar : contractAt(n);
    const shot = n % 2 === 0 ? change(invent().password, token) : guess(contract, guessed);
    return { contract, shot };
  });
  const answers = await answersTo(origin, mixed);
  const [changes, logins] = [0, 1].map((half) => answers.filter((_, n) => n % 2 === half));
  const after = told(registrar, await fireOne(origin, change(guessed.password, token)));
  claim({
    what: `${CROWD} wrong ones at once at one account, half at login, half at change-password with a stolen token; then the right one there`,
    seen: `change-password: ${tally(changes ?? [])}; login: ${tally(logins ?? [])}; ${after}`,
    allowed: `${threshold} verdicts at change-password, and at each name; locked`,
    holds:
      withinTickets(changes ?? []) &&
      withinTicketsAtEach(
        mixed.filter((_, n) => n % 2 === 1),
        logins ?? [],
      ) &&
      after === 'locked',
  });

  const theirs = await accessTokenOf(origin, changing);
  const right = Array.from({ length: 10 }, () => change(changing.password, theirs));
  const changed = tally(await answersTo(origin, all(registrar, right)));
  claim({
    what: 'one password changed to 10 others at once, all with the right one',
    seen: String(changed),
    allowed: 'granted once; the others find it changed',
    holds:
      changed.of('granted') === 1 &&
      changed.of('unauthenticated', 'invalid', 'locked', 'busy') === 9,
  });
}

async function accessTokenOf(origin: string, person: Person): Promise<string> {
  const heard = await fireOne(origin, login(registrar, person));
  const tokens = tokensIn(registrar, heard);
  if (tokens === null) throw new Error(`${person.email} cannot log in: ${heard.text}`);
  return tokens.access;
}
