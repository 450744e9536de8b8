/** Passkeys: one assertion opens one session, one attestation adds one passkey, and a way in stays. */
import { MAX_PASSKEYS } from '../../../src/policy/passkeys.ts';
import { sendAll } from '../../burst.ts';
import type { AttackContext } from './context.ts';
import { MANY, times } from './guessing.ts';
import {
  addPasskey,
  newAssertions,
  newAuthenticator,
  newRegistration,
  newToken,
  passkeyLogin,
  passkeyOwners,
  passkeysOf,
} from './passkey-owners.ts';
import { removals } from './passkey-removals.ts';
import { registrar } from './users.ts';
import {
  ask,
  contractAt,
  outcomesIn,
  outcomesInTurn,
  outcomesOf,
  profile,
  served,
  tally,
  tokensIn,
  type Attempt,
  type Outcome,
} from './wire.ts';

const FEW = 100;

export async function passkeys(context: AttackContext): Promise<void> {
  await assertions(context);
  await proofs(context);
  await attestations(context);
  await lastPlaces(context);
  await removals(context);
}

async function assertions(context: AttackContext): Promise<void> {
  const { origin, claim } = context;
  const owners = await passkeyOwners(context, { amount: 2, passkeys: 2 });
  const all = owners.flatMap(({ authenticators }) => authenticators);
  const first = contractAt(0);
  for (const [what, authenticators, contracts] of [
    [`one assertion, at ${first.name}`, all.slice(0, 1), [first]],
    [`one assertion of ${first.name}, over ${served.length} contracts`, all.slice(2, 3), served],
    ['one challenge, signed by two passkeys of each of two accounts', all, [first]],
  ] as const) {
    const signed = await newAssertions(origin, first, authenticators);
    const attempts = times(MANY, (n) => {
      const assertion = signed[n % signed.length];
      if (assertion === undefined) throw new Error('nothing was signed');
      return passkeyLogin(contractAt(n, contracts), assertion);
    });
    const answers = await sendAll(origin, attempts);
    const outcomes = outcomesIn(attempts, answers);
    const isAt = (_: Outcome, n: number) => attempts[n]?.contract === first;
    const here = tally(outcomes.filter(isAt));
    const elsewhere = tally(outcomes.filter((outcome, n) => !isAt(outcome, n)));
    const sessions = attempts.flatMap(({ contract }, n) => {
      const token = answers[n] && tokensIn(contract, answers[n])?.access;
      return token === undefined ? [] : [profile(contract, token)];
    });
    const alive = tally(await outcomesInTurn(origin, sessions)).of('granted');
    const again = await outcomesInTurn(origin, attempts.slice(0, signed.length));
    const amount = outcomes.filter(isAt).length;
    claim({
      what: `${MANY} submissions at once of ${what}; then once more`,
      seen: `${here}${amount < MANY ? `; elsewhere ${elsewhere}` : ''}; ${alive} session; ${tally(again)}`,
      allowed: '1 granted, the others expired-challenge, or invalid elsewhere; 1 session; no more',
      holds:
        here.of('granted') === 1 &&
        here.of('expired-challenge') === amount - 1 &&
        elsewhere.of('invalid-passkey', 'invalid') === MANY - amount &&
        alive === 1 &&
        tally(again).of('expired-challenge') === signed.length,
    });
  }
}

/** An assertion proves an identity once, and then opens no session, or the other way round. */
async function proofs(context: AttackContext): Promise<void> {
  const { origin, claim } = context;
  const [owner] = await passkeyOwners(context, { amount: 1, passkeys: 1 });
  if (owner === undefined) throw new Error('no account was made');
  const [credential] = await newAssertions(origin, registrar, owner.authenticators);
  if (credential === undefined) throw new Error('nothing was signed');
  const input = { password: null, code: null, credential };
  const attempts = times(FEW, (n): Attempt =>
    n % 2 === 0
      ? passkeyLogin(registrar, credential)
      : ask(registrar, 'reauthenticate', { input, token: owner.token }),
  );
  const seen = tally(await outcomesOf(origin, attempts));
  claim({
    what: `one assertion ${FEW} times at once, to sign in and to prove an identity in turns`,
    seen: String(seen),
    allowed: 'granted once, the others expired-challenge',
    holds: seen.of('granted') === 1 && seen.of('expired-challenge') === FEW - 1,
  });
}

async function attestations(context: AttackContext): Promise<void> {
  const { origin, claim } = context;
  const [one, other, third] = await passkeyOwners(context, { amount: 3, passkeys: 0 });
  if (!one || !other || !third) throw new Error('no accounts were made');
  const amount = 2 * FEW;

  const registration = await newRegistration(origin, one.token, newAuthenticator(context));
  const added = await sendAll(
    origin,
    times(amount, () => addPasskey(one.token, registration)),
  );
  const own = (await passkeysOf(origin, one.token)).length;
  claim({
    what: `${amount} submissions at once of one attestation`,
    seen: `${statusesIn(added)}; ${own} passkey`,
    allowed: `1 × 200, the others 401; 1 passkey`,
    holds: isOnce(added, 401) && own === 1,
  });

  const shared = newAuthenticator(context);
  const tokens = [other.token, third.token];
  const rivals: Attempt[] = [];
  for (const token of tokens) {
    const credential = await newRegistration(origin, token, shared);
    rivals.push(...times(FEW, () => addPasskey(token, credential)));
  }
  const interleaved = times(amount, (n) => rivals[(n % 2) * FEW + (n >> 1)] as Attempt);
  const answers = await sendAll(origin, interleaved);
  const held = await Promise.all(tokens.map((token) => passkeysOf(origin, token)));
  claim({
    what: `attestations of one credential by two accounts, ${FEW} of each at once`,
    seen: `${statusesIn(answers)}; ${held.map((ids) => ids.length).join(' and ')} passkeys`,
    allowed: '1 × 200, the others 400 or 401; one passkey at one of the two',
    holds: isOnce(answers, 400, 401) && held.flat().length === 1,
  });
}

const isOnce = (answers: readonly { status: number }[], ...refusals: number[]): boolean =>
  answers.filter(({ status }) => status === 200).length === 1 &&
  answers.filter(({ status }) => refusals.includes(status)).length === answers.length - 1;

const statusesIn = (answers: readonly { status: number }[]): string =>
  Array.from(
    Map.groupBy(answers, ({ status }) => status),
    ([status, { length }]) => `${length} × ${status}`,
  ).join(', ');

async function lastPlaces(context: AttackContext): Promise<void> {
  const { origin, claim } = context;
  const [owner] = await passkeyOwners(context, { amount: 1, passkeys: 0 });
  if (owner === undefined) throw new Error('no account was made');
  const amount = 2 * MAX_PASSKEYS;
  const tokens = [owner.token, await newToken(origin, owner)];
  const attempts: Attempt[] = [];
  for (let n = 0; n < amount; n += 1) {
    const token = tokens[n % tokens.length] ?? '';
    attempts.push(
      addPasskey(token, await newRegistration(origin, token, newAuthenticator(context))),
    );
  }
  const seen = tally(await outcomesOf(origin, attempts));
  const { length } = await passkeysOf(origin, owner.token);
  claim({
    what: `${amount} passkeys added at once by two sessions of an account`,
    seen: `${seen}; ${length} passkeys`,
    allowed: `${MAX_PASSKEYS} granted, the others too-many-passkeys; ${MAX_PASSKEYS} passkeys`,
    holds:
      seen.of('granted') === MAX_PASSKEYS &&
      seen.of('too-many-passkeys') === amount - MAX_PASSKEYS &&
      length === MAX_PASSKEYS,
  });
}
