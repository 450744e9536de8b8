/** Holds the tables of docs/security.md, "Limits", to the numbers of the code. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { RECOVERY_CODES } from '../../src/crypto/factors/recovery-codes.ts';
import { OPERATOR_LIMIT } from '../../src/http/admin-auth.ts';
import {
  AUTHORIZATION_CODE_SECONDS,
  CODE_SECONDS,
  CODES,
  DEVICE_SECONDS,
  LINK_SECONDS,
  LINKS,
  NOTICES,
  REGISTRATION_SECONDS,
  REGISTRATIONS,
  REVOCATION_SECONDS,
  SIGN_INS,
  TRIES,
} from '../../src/policy/allowances.ts';
import { STEP_MS, STEP_TRIES, TICKET_MS } from '../../src/policy/lockout.ts';
import { CHALLENGE_MS, MAX_PASSKEYS } from '../../src/policy/passkeys.ts';
import { MAX_FACTORS, RECENT_PROOF_MS } from '../../src/policy/second-factor.ts';
import type { Limit } from '../../src/policy/throttle.ts';
import { MAX_SESSIONS } from '../../src/store/sessions/limit.ts';
import { settingsWith } from './sample-env.ts';

const { emailLimits, lockout, passwordRules, passwords, sessions } = settingsWith();
const of = ({ attempts, windowSeconds }: Limit) => [attempts, windowSeconds];

/** First cell of a row → its numbers, spans of time in seconds. */
const expected: Record<string, (number | undefined)[]> = {
  'failures at a name before it locks': [lockout.threshold, lockout.lockSeconds],
  'growth of each further lock': [lockout.growth],
  'failures in a row at a name before only a reset or an operator unlocks it': [
    lockout.stopAfterFailures,
  ],
  'time until an unsettled ticket counts as a failure': [TICKET_MS / 1000],
  'a login that waits for its second factor: a failed attempt to others, and over after': [
    STEP_MS / 1000,
  ],
  'codes that one such login takes': [STEP_TRIES],
  'password checks of a user’s sessions, and codes in them: a count with the same limits': [],
  'handle of a registration: a count with the same limits': [],
  'known device: a count with the same limits, for': [DEVICE_SECONDS],
  'tries at mailed codes for one name, handle or known device, or at the code of a new address':
    of(TRIES),
  'lifetime of an unverified registration': [REGISTRATION_SECONDS],
  'lifetime of a mailed code': [CODE_SECONDS],
  'lifetime of a mailed link': [LINK_SECONDS],
  'lifetime of the link in an e-mail about a sign-in': [REVOCATION_SECONDS],
  'registrations of one address': of(REGISTRATIONS),
  'codes sent again to one address': of(CODES),
  'links to one address': of(LINKS),
  'notices to one address': of(NOTICES),
  'e-mails about sign-ins on new devices to one address': of(SIGN_INS),
  'requests from one address that cause e-mail': [emailLimits.perAddressPerHour, 3600],
  'e-mails that requests cause, in total': [emailLimits.perHour, 3600],
  'requests of an address to the admin API and the metrics': of(OPERATOR_LIMIT),
  'sessions of a user': [MAX_SESSIONS],
  'authenticator apps of a user': [MAX_FACTORS],
  'recovery codes of a user': [RECOVERY_CODES],
  'passkeys of a user': [MAX_PASSKEYS],
  'lifetime of a challenge that a passkey signs': [CHALLENGE_MS / 1000],
  'lifetime of a code that transfers a session to an application': [AUTHORIZATION_CODE_SECONDS],
  'age of a proof of identity that a change of credentials takes': [RECENT_PROOF_MS / 1000],
  'length of a new password': [passwordRules.least, passwordRules.most],
  'PBKDF2 iterations of a password check': [passwords.cost.iterations * passwords.cost.rounds],
};
for (const { name, attemptsPerMinute, lifetimes } of contracts) {
  const { accessSeconds, rememberedSeconds, refreshSeconds } = lifetimes;
  expected[`attempts of an address at \`${name}\``] = [attemptsPerMinute, 60];
  expected[`\`${name}\``] = [
    accessSeconds,
    rememberedSeconds,
    refreshSeconds,
    refreshSeconds === undefined ? (rememberedSeconds ?? accessSeconds) : sessions.absoluteSeconds,
  ].filter((seconds) => seconds !== undefined);
}

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** `5 in 10 minutes` → 5, 600. */
const numbersOf = (text: string) =>
  Array.from(
    text.matchAll(/(\d[\d,]*|an?) (second|minute|hour|day)|\d[\d,]*/g),
    ([number, count = number, unit = 'second']) =>
      (Number(count.replaceAll(',', '')) || 1) * (SECONDS[unit] ?? NaN),
  );

it('documents the limits and lifetimes that the code has', () => {
  const document = readFileSync('docs/security.md', 'utf8');
  const [, section = ''] = /^## Limits\n([^]*?)^## /m.exec(document) ?? [];
  const rows = Array.from(section.matchAll(/^\| (.+?) +\| (.+)$/gm), ([, first, others = '']) => [
    first,
    numbersOf(others),
  ]).filter(([first]) => !/^(?:what|contract|-+)$/.test(String(first)));
  expect(Object.fromEntries(rows)).toEqual(expected);
  expect(rows).toHaveLength(Object.keys(expected).length);
});
