/**
 * Kills the instance while owners send one proof several times at once, and starts it again on what is
 * on the disk: a proof opens one session, and a session whose tokens arrived lives on.
 */
import type { Server } from '../../server.ts';
import { startGatehouse } from './context.ts';
import { createInspection } from './disk.ts';
import { createExpectedState, targetOf, type Sent } from './expected-state.ts';
import { atHead, atRandom, isGrant, killAt, type KillPoint } from './kill-points.ts';
import { AWAY, setNetwork, type KillOptions } from './kills.ts';
import { tally, type Outcome, type Person } from './wire.ts';

export const ROUNDS = 6;
export const OWNERS_PER_ROUND = 6;

/** An owner, and what they send at once. */
export interface ProofOwner {
  person: Person;
  sent: readonly Sent[];
  /** The same proof once more, after the next start. Null: it was refused before it was sent. */
  again(): Promise<Sent | null>;
}

/** `proofs`: what is sent, in words. */
export async function startKillRun({ script, persistTo, claim }: KillOptions, proofs: string) {
  const points: readonly KillPoint[] = [
    { ...atHead(`a grant among many ${proofs}`, isGrant), everyMs: 0 },
    { name: 'while sessions are stored', withinMs: [40, 160], everyMs: 0 },
    { ...atRandom, withinMs: [100, 600] },
  ];
  const start = async (isNew = false): Promise<Server> => {
    const started = await startGatehouse(script, { persistTo, isNew });
    await setNetwork(started, AWAY);
    return started;
  };
  let server = await start(true);
  const state = createExpectedState();
  const inspection = createInspection();
  const owners: ProofOwner[] = [];
  /** Of proofs that are sent again, by whether a grant was received before. */
  const again: { granted: Outcome[]; unanswered: Outcome[] } = { granted: [], unanswered: [] };

  return {
    state,
    start,
    origin: () => server.url(),
    close: () => server.close().catch(() => undefined),

    async kill(round: number, present: readonly ProofOwner[]): Promise<void> {
      const point = points[round % points.length] as KillPoint;
      const sent = present.flatMap((owner) => owner.sent);
      const target = targetOf(present[0]?.person as Person, []);
      const received = await killAt(point, { server, sent, target });
      const outcomes = state.note(sent, received);
      console.log(`      kill ${round + 1}, ${point.name}: ${tally(outcomes)}`);
      inspection.inspect(persistTo, state.sessionIds());

      server = await start();
      await state.checkTokens(server.url(), state.sessions);
      for (const owner of present) {
        const isGranted = owner.sent.some((each) => outcomes[sent.indexOf(each)] === 'granted');
        const proof = await owner.again();
        const [outcome = 'unanswered'] =
          proof === null ? (['locked'] as const) : await state.send(server.url(), [proof]);
        again[isGranted ? 'granted' : 'unanswered'].push(outcome);
      }
      owners.push(...present);
    },

    /** Goes on with a server that `restart` has killed and started again. */
    async continueOn(restart: (server: Server) => Promise<Server>): Promise<void> {
      server = await restart(server);
    },

    /** `used`: the refusal of a proof that is used up. */
    async finish(what: string, used: Outcome): Promise<void> {
      await state.checkTokens(server.url(), state.sessions);
      await server.close();
      inspection.inspect(persistTo, state.sessionIds());
      const opened = owners.map(({ person }) => inspection.openedByProof(person.email));
      const after = { grant: tally(again.granted), none: tally(again.unanswered) };
      claim({
        what: `${what} of ${owners.length} owners, each sent several times at once, killed, and sent again`,
        seen: `again, after a grant that was received: ${after.grant}; after none: ${after.none}; sessions on the disk of one of them: ${Math.min(...opened)} to ${Math.max(...opened)}`,
        allowed: `after a grant ${used}; else that, or granted; 1 session of each`,
        holds:
          again.granted.length > 0 &&
          after.grant.of(used) === again.granted.length &&
          after.none.of(used, 'granted') === again.unanswered.length &&
          opened.every((sessions) => sessions === 1),
      });
      for (const each of state.sessionClaims()) claim(each);
      claim(inspection.claim());
    },
  };
}
