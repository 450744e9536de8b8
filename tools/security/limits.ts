/** The limits as the code has them, for the page that documents them: no number is written twice. */
import { contracts } from '../../src/contracts/index.ts';
import {
  CODE_SECONDS,
  CODES,
  DEVICE_SECONDS,
  LINK_SECONDS,
  LINKS,
  NOTICES,
  REGISTRATION_SECONDS,
  REGISTRATIONS,
  TRIES,
} from '../../src/policy/allowances.ts';
import { OPERATOR_LIMIT } from '../../src/http/operator.ts';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import { readSettings } from '../../src/settings.ts';
import { MAX_SESSIONS } from '../../src/store/session-limit.ts';
import { makers } from '../secrets.ts';

const defaults = readSettings(
  {
    CONTRACTS: contracts.map(({ name }) => name),
    ALLOWED_ORIGINS: [],
    ISSUER: 'https://login.example.com',
    AUDIENCE: 'https://login.example.com',
    SERVER_KEY: makers.SERVER_KEY(),
    TOKEN_KEYS: makers.TOKEN_KEYS(),
  },
  contracts,
);

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

export function span(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second'];
  const n = seconds / size;
  return `${n.toLocaleString('en')} ${unit}${n === 1 ? '' : 's'}`;
}

export type Row = readonly string[];

/** What is limited, how much of it, and what changes that. */
export function limitRows(): Row[] {
  const { emailLimits, lockout, passwordRules, passwords } = defaults;
  const { iterations, rounds } = passwords.cost;
  return [
    [
      'failures at a name that lock it',
      `${lockout.threshold}, for ${span(lockout.lockSeconds)}`,
      '`LOCKOUT.threshold`, `.lockSeconds`',
    ],
    ['each lock in a row is longer by', `a factor of ${lockout.growth}`, '`LOCKOUT.growth`'],
    [
      'failures in a row at a name after which only a reset or an operator opens it',
      String(lockout.stopAfterFailures),
      '`LOCKOUT.stopAfterFailures`',
    ],
    ['a ticket that nobody settles is a failure after', span(TICKET_MS / 1000), '–'],
    ['the password checks of a user’s sessions have the same for themselves', '–', '–'],
    ['so has the handle of a registration', '–', '–'],
    [
      'a device that was signed in on has the same for itself, for',
      span(DEVICE_SECONDS),
      '`DEVICE_COOKIES`',
    ],
    ...contracts.map(({ name, attemptsPerMinute }) => [
      `attempts of an address at \`${name}\``,
      `${attemptsPerMinute} a minute`,
      '`ADDRESS_LIMITS`',
    ]),
    [
      'tries at mailed codes for one name, handle or known device, or at the code of a new address',
      `${TRIES.attempts} in ${span(TRIES.windowSeconds)}`,
      '–',
    ],
    ['a registration that nobody proves lapses after', span(REGISTRATION_SECONDS), '–'],
    ['a mailed code is good for', span(CODE_SECONDS), '–'],
    ['a mailed link is good for', span(LINK_SECONDS), '–'],
    [
      'registrations of one address',
      `${REGISTRATIONS.attempts} in ${span(REGISTRATIONS.windowSeconds)}`,
      '–',
    ],
    ['codes sent anew to one address', `${CODES.attempts} in ${span(CODES.windowSeconds)}`, '–'],
    ['links to one address', `${LINKS.attempts} in ${span(LINKS.windowSeconds)}`, '–'],
    ['notices to one address', `${NOTICES.attempts} in ${span(NOTICES.windowSeconds)}`, '–'],
    [
      'requests from one address that cause e-mail',
      `${emailLimits.perAddressPerHour} an hour`,
      '`EMAIL_LIMITS.perAddressPerHour`',
    ],
    [
      'e-mails that requests ask for, in total',
      `${emailLimits.perHour.toLocaleString('en')} an hour`,
      '`EMAIL_LIMITS.perHour`',
    ],
    [
      'requests of an address to the admin API and the metrics',
      `${OPERATOR_LIMIT.attempts} in ${span(OPERATOR_LIMIT.windowSeconds)}`,
      '–',
    ],
    ['sessions of a user', String(MAX_SESSIONS), '–'],
    [
      'length of a password that is set',
      `${passwordRules.least} to ${passwordRules.most} characters`,
      '`PASSWORD_RULES.least`, `.most`',
    ],
    [
      'iterations of a guess',
      (iterations * rounds).toLocaleString('en'),
      '`PASSWORD_COST`, upwards',
    ],
  ];
}

/** How long sessions last, by contract. */
export function sessionRows(): Row[] {
  const absolute = span(defaults.sessions.absoluteSeconds);
  return contracts.map(({ name, lifetimes }) => {
    const { accessSeconds, rememberedSeconds, refreshSeconds } = lifetimes;
    const remembered = rememberedSeconds === undefined ? '' : `, ${span(rememberedSeconds)}`;
    const longest = Math.max(accessSeconds, rememberedSeconds ?? 0);
    return [
      `\`${name}\``,
      span(accessSeconds) + (remembered && `${remembered} where remembered`),
      refreshSeconds === undefined ? '–' : span(refreshSeconds),
      refreshSeconds === undefined ? span(longest) : absolute,
    ];
  });
}
