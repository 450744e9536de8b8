/** Guesses at passwords: a thousand at once, and from addresses that change or claim to. */
import { settings, type Field } from './field.ts';
import { cast, invent } from './people.ts';
import { fire, type Shot } from './volley.ts';
import {
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
  shot: Shot;
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
 * Nothing but verdicts within the tickets there are, and words to wait. On a machine that is too
 * busy to hash within a ticket's life there may be no verdict at all, and then a lock.
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

export const VERDICTS_ALLOWED = `${threshold} verdicts, the others locked, limited or busy in the contract's words`;

export async function manyAtOnce({ origin, claim }: Field): Promise<void> {
  const narrowest = contractWith(
    ({ attemptsPerMinute }) =>
      attemptsPerMinute === Math.min(...served.map((each) => each.attemptsPerMinute)),
  );
  const { one, other } = await cast(origin, ['one', 'other']);
  // Somebody who is not there has no account that would make one of two names.
  const byAddress = served.filter(({ account }) => account.identifier === 'email');
  for (const [whom, person, contracts] of [
    [`an account, at ${narrowest.name}`, one, [narrowest]],
    ['an account, over all contracts', other, served],
    ['an address that nobody has, over all contracts that take one', invent(), byAddress],
  ] as const) {
    if (contracts.length === 0) continue;
    const answers = await answersTo(origin, guesses(person, MANY, { contracts }));
    claim({
      what: `${MANY} wrong guesses at once at ${whom}, each from its own address`,
      seen: String(tally(answers)),
      allowed: VERDICTS_ALLOWED,
      holds: withinTickets(answers),
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

export async function rotatedAddresses({ origin, claim }: Field): Promise<void> {
  const { person } = await cast(origin, ['person']);
  const rotating = (n: number): Caller => ({
    address: n % 2 === 0 ? freshAddress() : `${site}:${hex(n + 1)}::1`,
  });
  const answers = await answersTo(origin, guesses(person, 200, { caller: rotating }));
  claim({
    what: '200 guesses at once at an account, from 100 IPv4 addresses and 100 IPv6 networks',
    seen: String(tally(answers)),
    allowed: VERDICTS_ALLOWED,
    holds: withinTickets(answers),
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
  { origin, claim }: Field,
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
