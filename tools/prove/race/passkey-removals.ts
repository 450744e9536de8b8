/** Removals of passkeys and of the password at once: whatever wins, the account keeps a way in. */
import { sendAll, sendOne } from '../../burst.ts';
import type { AttackContext } from './context.ts';
import { times } from './guessing.ts';
import {
  newAssertions,
  passkeyLogin,
  passkeyOwners,
  passkeysOf,
  type PasskeyOwner,
} from './passkey-owners.ts';
import { registrar } from './users.ts';
import {
  ask,
  login,
  outcomeOf,
  outcomesIn,
  outcomesInTurn,
  tally,
  tokensIn,
  type Attempt,
  type Outcome,
} from './wire.ts';

const ACCOUNTS = 4;
const TIMES = 5;

/** The ways in of an account. */
interface WaysIn {
  what: string;
  passkeys: number;
  hasPassword: boolean;
  hasCodes: boolean;
  /** The passkeys that may be left, where the password is gone. */
  left: number;
}

const ACCOUNT_KINDS: readonly WaysIn[] = [
  { what: '3 passkeys', passkeys: 3, hasPassword: false, hasCodes: false, left: 2 },
  {
    what: '2 passkeys and recovery codes',
    passkeys: 2,
    hasPassword: false,
    hasCodes: true,
    left: 1,
  },
  { what: '2 passkeys and a password', passkeys: 2, hasPassword: true, hasCodes: false, left: 2 },
];

export async function removals(context: AttackContext): Promise<void> {
  for (const waysIn of ACCOUNT_KINDS) await removeAll(context, waysIn);
}

/** Has every passkey removed several times at once, and the password as well. */
async function removeAll(context: AttackContext, waysIn: WaysIn): Promise<void> {
  const { origin, claim } = context;
  const { passkeys, hasPassword, hasCodes } = waysIn;
  const owners = await passkeyOwners(context, { amount: ACCOUNTS, passkeys });
  const ends: { passwordIn: boolean; passkeysLeft: number; passkeysIn: number }[] = [];
  const seen: Outcome[] = [];
  for (const [n, owner] of owners.entries()) {
    const token = await passkeyToken(origin, owner);
    const changes = [
      ...(hasCodes ? [ask(registrar, 'new-recovery-codes', { input: null, token })] : []),
      ...(hasPassword ? [] : [ask(registrar, 'remove-password', { input: null, token })]),
    ];
    for (const change of changes) {
      const { status, text } = await sendOne(origin, change);
      if (status >= 300) throw new Error(`${change.operation} answered ${status} ${text}`);
    }
    const ids = await passkeysOf(origin, token);
    const removed: Attempt[] = [
      ...ids.map((id) => ask(registrar, 'remove-passkey', { input: { id }, token })),
      ...(hasPassword ? [ask(registrar, 'remove-password', { input: null, token })] : []),
    ];
    // Each of them comes first at some account.
    const first = n % removed.length;
    const attempts = times(TIMES, () => [
      ...removed.slice(first),
      ...removed.slice(0, first),
    ]).flat();
    seen.push(...outcomesIn(attempts, await sendAll(origin, attempts)));

    const password = login(registrar, owner);
    const passwordIn = outcomeOf(password, await sendOne(origin, password)) === 'granted';
    const { length: passkeysLeft } = await passkeysOf(origin, token);
    const signIns: Attempt[] = [];
    for (const authenticator of owner.authenticators) {
      const [assertion] = await newAssertions(origin, registrar, [authenticator]);
      if (assertion !== undefined) signIns.push(passkeyLogin(registrar, assertion));
    }
    const passkeysIn = tally(await outcomesInTurn(origin, signIns)).of('granted');
    ends.push({ passwordIn, passkeysLeft, passkeysIn });
  }
  const describe = ({ passwordIn, passkeysLeft, passkeysIn }: (typeof ends)[number]) =>
    `${passwordIn ? 'password and ' : ''}${passkeysLeft} (${passkeysIn} sign in)`;
  const counts = Map.groupBy(ends.map(describe), (text) => text);
  claim({
    what: `each passkey${hasPassword ? ' and the password' : ''} of ${ACCOUNTS} accounts with ${waysIn.what} removed ${TIMES} times at once`,
    seen: `${tally(seen)}; left: ${Array.from(counts, ([text, { length }]) => `${length} × ${text}`).join(', ')}`,
    allowed: `${waysIn.left} that sign in${hasPassword ? ', or the password' : ''}`,
    holds: ends.every(
      ({ passwordIn, passkeysLeft, passkeysIn }) =>
        passkeysIn === passkeysLeft && (passwordIn ? hasPassword : passkeysLeft === waysIn.left),
    ),
  });
}

/** Of a session that a passkey has opened: it may remove the password. */
async function passkeyToken(origin: string, owner: PasskeyOwner): Promise<string> {
  const [assertion] = await newAssertions(origin, registrar, owner.authenticators.slice(0, 1));
  if (assertion === undefined) throw new Error(`${owner.email} has no passkey`);
  const answer = await sendOne(origin, passkeyLogin(registrar, assertion));
  const tokens = tokensIn(registrar, answer);
  if (tokens === null) throw new Error(`a passkey cannot sign in: ${answer.text}`);
  return tokens.access;
}
