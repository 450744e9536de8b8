/**
 * Kills the instance in the middle of sign-ins with passkeys, and starts it again on what is on the
 * disk. A challenge opens one session, whichever passkey of the owner has signed it.
 */
import { targetOf, type Sent } from './expected-state.ts';
import { times } from './guessing.ts';
import { OWNERS_PER_ROUND, ROUNDS, startKillRun, type ProofOwner } from './kill-run.ts';
import type { KillOptions } from './kills.ts';
import { newAssertions, passkeyLogin, passkeyOwners } from './passkey-owners.ts';
import { contractAt } from './wire.ts';

/** Submissions of one challenge by each of the two passkeys that have signed it. */
const TIMES = 2;
const PASSKEYS = 2;

export async function passkeyKills(options: KillOptions): Promise<void> {
  const run = await startKillRun(options, 'passkey sign-ins');
  try {
    const instance = { origin: run.origin(), isOwn: true };
    const amount = ROUNDS * OWNERS_PER_ROUND;
    const owners = await passkeyOwners(instance, { amount, passkeys: PASSKEYS });
    for (let round = 0; round < ROUNDS; round += 1) {
      const present: ProofOwner[] = [];
      for (const [n, person] of owners.splice(0, OWNERS_PER_ROUND).entries()) {
        const contract = contractAt(n + round);
        const signed = await newAssertions(run.origin(), contract, person.authenticators);
        const target = targetOf(person, [contract]);
        const submissions = signed.map((assertion): Sent => ({
          ...passkeyLogin(contract, assertion),
          kind: 'login',
          of: target,
        }));
        const sent = times(TIMES, () => submissions.map((each) => ({ ...each }))).flat();
        present.push({ person, sent, again: async () => submissions.at(0) ?? null });
      }
      await run.kill(round, present);
    }
    await run.finish('challenges that two passkeys have signed', 'expired-challenge');
  } finally {
    await run.close();
  }
}
