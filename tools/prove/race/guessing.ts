/** Guesses at passwords: a thousand at once, and from addresses that change or claim to. */
import { settings, type AttackContext } from './context.ts';
import { createUsers, invent } from './users.ts';
import { fire, type BurstRequest } from './burst.ts';
import {
  atOneName,
  contractAt,
  contractWith,
  freshAddress,
  guess,
  login,
  served,
  tally,
  told,
  type Caller,
  type Person,
  type Told,
} from './wire.ts';

const MANY = 1_000;
const { threshold } = settings.lockout;

export interface Aimed {
  contract: (typeof served)[number];
  shot: BurstRequest;
}

/** What each was told, in the order of the shots. */
export async function answersTo(origin: string, aimed: readonly Aimed[]): Promise<Told[]> {
  const heard = await fire(
    origin,
    aimed.map(({ shot }) => shot),
  );
  return aimed.flatMap(({ contract }, n) => {
    const answer = heard[n];
    return answer === undefined ? [] : [told(contract, answer)];
  });
}

/** `amount` of them, at the contracts in turns. */
export const guesses = (
  person: Person,
  amount: number,
  {
    contracts = served,
    caller,
  }: { contracts?: typeof served; caller?: (n: number) => Caller } = {},
): Aimed[] =>
  Array.from({ length: amount }, (_, n) => {
    const contract = contractAt(n, contracts);
    return { contract, shot: guess(contract, person, caller?.(n)) };
  });

/**
 * Of answers that one lockout gave: nothing but verdicts within the tickets there are, and words to
 * wait. On a machine that is too busy to hash within a ticket's life there may be no verdict at all,
 * and then a lock.
 */
export function withinTickets(answers: readonly Told[]): boolean {
  const seen = tally(answers);
  const verdicts = seen.of('invalid');
  return (
    verdicts <= threshold &&
    seen.of('invalid', 'locked') >= 1 &&
    seen.of('locked', 'limited', 'busy') === answers.length - verdicts
  );
}

/** The same for each name that was guessed at. */
export function withinTicketsAtEach(aimed: readonly Aimed[], answers: readonly Told[]): boolean {
  const each = atOneName.map((group) =>
    answers.filter((_, n) => aimed[n] !== undefined && group.includes(aimed[n].contract)),
  );
  return each.every((some) => some.length === 0 || withinTickets(some));
}

export const VERDICTS_ALLOWED = `${threshold} verdicts, the others locked, limited or busy in the contract's words`;
export const VERDICTS_ALLOWED_AT_EACH = `at each of ${atOneName.length} names ${VERDICTS_ALLOWED}`;

export async function manyAtOnce({ origin, claim }: AttackContext): Promise<void> {
  const narrowest = contractWith(
    ({ attemptsPerMinute }) =>
      attemptsPerMinute === Math.min(...served.map((each) => each.attemptsPerMinute)),
  );
  const { one, other, third } = await createUsers(origin, ['one', 'other', 'third']);
  const [group = served] = atOneName;
  for (const [whom, person, contracts] of [
    [`an account's name, at ${narrowest.name}`, one, [narrowest]],
    ["an account's name, over all contracts that take it", other, group],
    ['both names of an account, over all contracts', third, served],
    ['a name that nobody has, over all contracts that take it', invent(), group],
  ] as const) {
    const aimed = guesses(person, MANY, { contracts });
    const answers = await answersTo(origin, aimed);
    claim({
      what: `${MANY} wrong guesses at once at ${whom}, each from its own address`,
      seen: String(tally(answers)),
      allowed: contracts === served ? VERDICTS_ALLOWED_AT_EACH : VERDICTS_ALLOWED,
      holds: withinTicketsAtEach(aimed, answers),
    });
    const afterwards = await answersTo(
      origin,
      contracts.map((contract) => ({ contract, shot: login(contract, person) })),
    );
    claim({
      what: 'then the right password, at each of them',
      seen: String(tally(afterwards)),
      allowed: 'locked only',
      holds: tally(afterwards).of('locked') === contracts.length,
    });
  }
}

const hex = (n: number) => n.toString(16);
/** The documentation prefix (RFC 3849), a part of its own each run. */
const site = `2001:db8:${hex(Math.floor(Math.random() * 65_536))}`;

export async function rotatedAddresses({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, ['person']);
  const rotating = (n: number): Caller => ({
    address: n % 2 === 0 ? freshAddress() : `${site}:${hex(n + 1)}::1`,
  });
  const aimed = guesses(person, 200, { caller: rotating });
  const answers = await answersTo(origin, aimed);
  claim({
    what: '200 guesses at once at both names of an account, from 100 IPv4 addresses and 100 IPv6 networks',
    seen: String(tally(answers)),
    allowed: VERDICTS_ALLOWED_AT_EACH,
    holds: withinTicketsAtEach(aimed, answers),
  });

  const limit = Math.min(...served.map(({ attemptsPerMinute }) => attemptsPerMinute));
  const narrow = contractWith(({ attemptsPerMinute }) => attemptsPerMinute === limit);
  const [a, b, c] = [freshAddress(), freshAddress(), freshAddress()];
  const [, second = 0, third = 0, fourth = 0] = c.split('.').map(Number);
  const mapped = `${hex(10 * 256 + second)}:${hex(third * 256 + fourth)}`;
  const disguises: Record<string, (n: number) => Caller> = {
    'one address': () => ({ address: a }),
    'one address that names others in X-Forwarded-For and its kin': (n) => ({
      address: b,
      headers: claimedAddress(freshAddress(), n),
    }),
    'one address in different spellings': (n) => ({
      address: [c, `::ffff:${c}`, `::FFFF:${mapped}`, `0:0:0:0:0:ffff:${mapped}`][n % 4] ?? c,
    }),
    'one IPv6 network (/64), each time another address of it': (n) => ({
      address: `${site}:0:${hex(n)}:${hex(n * 7)}:${hex(n * 31)}:${hex(n)}`,
    }),
  };
  for (const [whose, caller] of Object.entries(disguises)) {
    const sprayed = Array.from({ length: 100 }, (_, n) => ({
      contract: narrow,
      shot: guess(narrow, invent(), caller(n)),
    }));
    await claimLimit(
      { origin, claim },
      { who: `100 guesses at 100 names from ${whose}`, limit },
      sprayed,
    );
  }

  const widest = Math.max(...served.map(({ attemptsPerMinute }) => attemptsPerMinute));
  const d = freshAddress();
  const mixed = Array.from({ length: 200 }, (_, n) => {
    const contract = contractAt(n);
    return { contract, shot: guess(contract, invent(), { address: d }) };
  });
  const who = '200 guesses at 200 names from one address, over all contracts';
  await claimLimit({ origin, claim }, { who, limit: widest }, mixed);
}

const FORWARDING = [
  'X-Forwarded-For',
  'X-Real-IP',
  'True-Client-IP',
  'X-Client-IP',
  'CF-Connecting-IPv6',
  'X-Cluster-Client-IP',
];

function claimedAddress(address: string, n: number): Record<string, string> {
  const name = FORWARDING[n % (FORWARDING.length + 1)];
  return name === undefined ? { Forwarded: `for=${address}` } : { [name]: address };
}

async function claimLimit(
  { origin, claim }: AttackContext,
  { who, limit }: { who: string; limit: number },
  aimed: readonly Aimed[],
): Promise<void> {
  const seen = tally(await answersTo(origin, aimed));
  const past = aimed.length - seen.of('limited');
  claim({
    what: who,
    seen: String(seen),
    allowed: `${limit} get past`,
    holds: past >= 1 && past <= limit && past === seen.of('invalid', 'busy'),
  });
}
