/** The results as a Markdown table, one column a product. */
import type { BenchUser, PeersBuilt } from './server.ts';
import { figure, table } from '../report.ts';
import { median } from '../verdicts.ts';
import type { From, Guesses } from './guesses.ts';
import { CALLERS, type Callers, type Sample } from './rounds.ts';
import type { PeersStart } from './starts.ts';
import { subjectNames, subjects, type Subject } from './subjects.ts';
import { NETWORK_MS, type Traveller, type Trips } from './trips.ts';

export interface Results {
  samples: readonly Sample[];
  trips: Record<Traveller, Trips>;
  starts: readonly PeersStart[];
  guesses: Record<Subject, Record<From, Guesses>>;
  gzipKib: PeersBuilt['gzipKib'];
  /** Of guesses. */
  amount: number;
}

/** Besides the hash, better-auth is the same with either. */
const cutOf = { app: 'cut', scrypt: 'pbkdf2-cut', pbkdf2: 'pbkdf2-cut' } as const;

export function markdown({ samples, trips, starts, guesses, gzipKib, amount }: Results): string {
  const row = (title: string, of: (subject: Subject) => string) => [title, ...subjectNames.map(of)];
  const both = (of: (callers: Callers) => number) => CALLERS.map((n) => figure(of(n))).join(' / ');
  const cpu = (to: BenchUser, kind: Sample['kind']) => (callers: Callers) =>
    median(cpuOfRounds(samples, { to, kind, callers }));
  const besides = (subject: Subject) => (callers: Callers) => {
    const rounds = (to: BenchUser, kind: Sample['kind']) =>
      cpuOfRounds(samples, { to, kind, callers });
    const alone = rounds(subjects[subject].alone, 'floor');
    const noOp = rounds('no-op', 'floor');
    // The floor is a request of its own; a login is one.
    return median(rounds(subject, 'right').map((all, n) => all - (alone[n] ?? 0) + (noOp[n] ?? 0)));
  };
  const start = (who: Subject, until: PeersStart['until']) =>
    figure(
      median(starts.filter((one) => one.who === who && one.until === until).map((s) => s.wallMs)),
    );
  const latency = (to: Subject, kind: Sample['kind']) =>
    median(
      samples.filter((one) => one.to === to && one.kind === kind).flatMap((s) => s.latenciesMs),
    );
  const tripsOf = (subject: Subject) => trips[subjects[subject].traced];
  const verdicts = (from: From) => (subject: Subject) => {
    const { verdicts, found } = guesses[subject][from];
    return `${verdicts.toLocaleString('en')}, ${found ? 'found' : 'not found'}`;
  };
  const owner = (of: keyof Guesses['owner']) => (subject: Subject) =>
    guesses[subject].many.owner[of] === 200 ? 'signs in' : 'locked out';

  const joined = trips['scrypt traced, joins'];
  return [
    table(
      ['', ...subjectNames.map((name) => subjects[name].title)],
      [
        row('password hash', (who) => subjects[who].hash),
        row('CPU ms a login, 1 / 16 callers', (who) => both(cpu(who, 'right'))),
        row('of that the hash', (who) => both(cpu(subjects[who].alone, 'floor'))),
        row('besides the hash, by difference', (who) => both(besides(who))),
        row('the same with the hash cut down', (who) => both(cpu(cutOf[who], 'cut'))),
        row('calls before the answer; after it', (who) => {
          const { calls, afterwards } = tripsOf(who);
          return `${calls}; ${afterwards}`;
        }),
        row('of these one after the other', (who) => String(tripsOf(who).chain)),
        row(`a caller waits for, at ${NETWORK_MS} ms each`, (who) =>
          tripsOf(who).waited.toFixed(1),
        ),
        row('bundle, minified, KiB gzip', (who) => gzipKib[who].toFixed(0)),
        row('cold start to the first 200, ms', (who) => start(who, 'health')),
        row('cold start to the first login, ms', (who) => start(who, 'login')),
        row(
          `verdicts in ${amount.toLocaleString('en')} parallel guesses; right password among them`,
          verdicts('many'),
        ),
        row('the same from one address', verdicts('one')),
        row('the owner right after, same browser', owner('sameBrowser')),
        row('the owner right after, new browser', owner('newBrowser')),
        row('time, unknown user over wrong password', (who) =>
          figure(latency(who, 'unknown') / latency(who, 'wrong')),
        ),
      ],
    ),
    `With better-auth's joins: ${joined.calls} calls, ${joined.chain} one after the other, ` +
      `${joined.waited.toFixed(1)} waited for. With an instance kept for the isolate's life: CPU ms ` +
      `${both(cpu('pbkdf2-cut, kept', 'cut'))} with the hash cut down.`,
  ].join('\n\n');
}

interface Which {
  to: BenchUser;
  kind: Sample['kind'];
  callers: Callers;
}

/** A request's, in each round. */
function cpuOfRounds(samples: readonly Sample[], { to, kind, callers }: Which): number[] {
  const own = samples.filter(
    (one) => one.to === to && one.kind === kind && one.callers === callers,
  );
  return Array.from(Map.groupBy(own, ({ round }) => round).values(), (slices) => {
    const total = slices.reduce((sum, slice) => sum + slice.cpuMs, 0);
    return total / slices.reduce((sum, slice) => sum + slice.requests, 0);
  });
}
