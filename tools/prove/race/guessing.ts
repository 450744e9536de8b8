/** Guesses at passwords: a thousand at once, and from addresses that change or claim to. */
import { threshold, type AttackContext } from './context.ts';
import { createUsers, newPerson } from './users.ts';
import {
  byIdentifier,
  contractAt,
  contractWith,
  freshAddress,
  guess,
  login,
  outcomesOf,
  served,
  tally,
  type Attempt,
  type Client,
  type Outcome,
  type Person,
} from './wire.ts';

export const MANY = 1_000;

export const times = <T>(amount: number, make: (n: number) => T): T[] =>
  Array.from({ length: amount }, (_, n) => make(n));

/** At the contracts in turns. */
export const guesses = (
  person: Person,
  amount: number,
  {
    contracts = served,
    client,
  }: { contracts?: typeof served; client?: (n: number) => Client } = {},
): Attempt[] => times(amount, (n) => guess(contractAt(n, contracts), person, client?.(n)));

/**
 * Checks that one lockout gave these outcomes: verdicts within the tickets, and refusals to wait. A
 * machine too busy to hash within a ticket's life may give no verdict at all, and then a lock.
 */
export function withinTickets(outcomes: readonly Outcome[]): boolean {
  const counts = tally(outcomes);
  const verdicts = counts.of('invalid');
  return (
    verdicts <= threshold &&
    counts.of('invalid', 'locked') >= 1 &&
    counts.of('locked', 'limited', 'busy') === outcomes.length - verdicts
  );
}

/** The same for each name that was guessed at. */
export const withinTicketsPerName = (attempts: readonly Attempt[], outcomes: readonly Outcome[]) =>
  byIdentifier
    .map((group) =>
      outcomes.filter((_, n) => attempts[n] !== undefined && group.includes(attempts[n].contract)),
    )
    .every((some) => some.length === 0 || withinTickets(some));

export const VERDICTS = `${threshold} verdicts, the others locked, limited or busy in the contract's words`;
export const VERDICTS_PER_NAME = `at each of ${byIdentifier.length} names ${VERDICTS}`;

const attemptsPerMinute = served.map((contract) => contract.attemptsPerMinute);
const narrowestLimit = Math.min(...attemptsPerMinute);
const narrowest = contractWith((contract) => contract.attemptsPerMinute === narrowestLimit);

export async function manyAtOnce({ origin, claim }: AttackContext): Promise<void> {
  const { one, other, third } = await createUsers(origin, 'one', 'other', 'third');
  const [group = served] = byIdentifier;
  for (const [target, person, contracts] of [
    [`an account's name, at ${narrowest.name}`, one, [narrowest]],
    ["an account's name, over all contracts that take it", other, group],
    ['both names of an account, over all contracts', third, served],
    ['an unknown name, over all contracts that take it', newPerson(), group],
  ] as const) {
    const attempts = guesses(person, MANY, { contracts });
    const outcomes = await outcomesOf(origin, attempts);
    claim({
      what: `${MANY} wrong guesses at once at ${target}, each from its own address`,
      seen: String(tally(outcomes)),
      allowed: contracts === served ? VERDICTS_PER_NAME : VERDICTS,
      holds: withinTicketsPerName(attempts, outcomes),
    });
    const rights = contracts.map((contract) => login(contract, person));
    const afterwards = tally(await outcomesOf(origin, rights));
    claim({
      what: 'then the right password, at each of them',
      seen: String(afterwards),
      allowed: 'locked only',
      holds: afterwards.of('locked') === contracts.length,
    });
  }
}

const hex = (n: number) => n.toString(16);
/** A part of the documentation prefix (RFC 3849), another one each run. */
const site = `2001:db8:${hex(Math.floor(Math.random() * 65_536))}`;

const FORWARDING = [
  'X-Forwarded-For',
  'X-Real-IP',
  'True-Client-IP',
  'X-Client-IP',
  'CF-Connecting-IPv6',
  'X-Cluster-Client-IP',
];

function claimedAddress(n: number): Record<string, string> {
  const name = FORWARDING[n % (FORWARDING.length + 1)];
  const address = freshAddress();
  return name === undefined ? { Forwarded: `for=${address}` } : { [name]: address };
}

export async function rotatedAddresses({ origin, claim }: AttackContext): Promise<void> {
  const { person } = await createUsers(origin, 'person');
  const client = (n: number): Client => ({
    address: n % 2 === 0 ? freshAddress() : `${site}:${hex(n + 1)}::1`,
  });
  const rotated = guesses(person, 200, { client });
  const outcomes = await outcomesOf(origin, rotated);
  claim({
    what: '200 guesses at once at both names of an account, from 100 IPv4 addresses and 100 IPv6 networks',
    seen: String(tally(outcomes)),
    allowed: VERDICTS_PER_NAME,
    holds: withinTicketsPerName(rotated, outcomes),
  });

  const [plain, claiming, spelled, shared] = times(4, freshAddress) as [
    string,
    string,
    string,
    string,
  ];
  const [, second = 0, third = 0, fourth = 0] = spelled.split('.').map(Number);
  const mapped = `${hex(10 * 256 + second)}:${hex(third * 256 + fourth)}`;
  const spellings = [spelled, `::ffff:${spelled}`, `::FFFF:${mapped}`, `0:0:0:0:0:ffff:${mapped}`];
  const atNarrowest = (client: (n: number) => Client) =>
    times(100, (n) => guess(narrowest, newPerson(), client(n)));
  const sprays: [string, number, Attempt[]][] = [
    ['one address', narrowestLimit, atNarrowest(() => ({ address: plain }))],
    [
      'one address that names others in X-Forwarded-For and similar headers',
      narrowestLimit,
      atNarrowest((n) => ({ address: claiming, headers: claimedAddress(n) })),
    ],
    [
      'one address in different spellings',
      narrowestLimit,
      atNarrowest((n) => ({ address: spellings[n % 4] ?? spelled })),
    ],
    [
      'one IPv6 network (/64), each time another address of it',
      narrowestLimit,
      atNarrowest((n) => ({
        address: `${site}:0:${hex(n)}:${hex(n * 7)}:${hex(n * 31)}:${hex(n)}`,
      })),
    ],
    [
      'one address, over all contracts',
      Math.max(...attemptsPerMinute),
      times(200, (n) => guess(contractAt(n), newPerson(), { address: shared })),
    ],
  ];
  for (const [origins, limit, attempts] of sprays) {
    const seen = tally(await outcomesOf(origin, attempts));
    const admitted = attempts.length - seen.of('limited');
    claim({
      what: `${attempts.length} guesses at as many names from ${origins}`,
      seen: String(seen),
      allowed: `${limit} admitted`,
      holds: admitted >= 1 && admitted <= limit && admitted === seen.of('invalid', 'busy'),
    });
  }
}
