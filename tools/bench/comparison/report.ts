/** Writes the comparison as a Markdown table, one column a product. */
import { median } from '../../statistics.ts';
import { figure, table } from '../../table.ts';
import { CALLERS, figureOf, type Callers, type Sample } from '../rounds.ts';
import type { Start } from '../starts.ts';
import { startFigure } from '../verdicts.ts';
import type { Calls, Traced } from './calls.ts';
import { FACTOR_PRODUCTS, type FactorFigures, type FactorProduct } from './factors.ts';
import type { Guesses } from './guesses.ts';
import { AT_ONCE, PASSKEY_PRODUCTS, type PasskeyFigures, type PasskeyProduct } from './passkeys.ts';
import { productNames, products, type Comparison, type Product } from './workers.ts';

export interface Results {
  samples: readonly Sample[];
  calls: Record<Traced, Calls>;
  starts: readonly Start[];
  guesses: Record<Product, Record<'many' | 'one', Guesses>>;
  gzipKib: Comparison['gzipKib'];
  guessed: number;
}

export function markdown({ samples, calls, starts, guesses, gzipKib, guessed }: Results): string {
  const row = (title: string, of: (product: Product) => string) => [title, ...productNames.map(of)];
  const cpuMs = (cell: string, callers: Callers) => figureOf(samples, cell, callers).cpuMsOfRounds;
  const cpu = (cell: string) => CALLERS.map((n) => figure(median(cpuMs(cell, n)))).join(' / ');
  const besidesHash = (product: Product) =>
    CALLERS.map((callers) => {
      const alone = cpuMs(products[product].alone, callers);
      const noOp = cpuMs('no-op', callers);
      // The baseline is a request of its own; a login is one.
      const differences = cpuMs(`${product}, right`, callers).map(
        (all, round) => all - (alone[round] ?? 0) + (noOp[round] ?? 0),
      );
      return figure(median(differences));
    }).join(' / ');
  const callsOf = (product: Product) => calls[`${product} traced`];
  const start = (until: string) => (product: Product) =>
    figure(startFigure(starts, `${product}, ${until}`).wallMs);
  const verdicts = (from: 'many' | 'one') => (product: Product) => {
    const { verdicts, isFound } = guesses[product][from];
    return `${verdicts.toLocaleString('en')}, ${isFound ? 'found' : 'not found'}`;
  };
  const owner = (browser: keyof Guesses['owner']) => (product: Product) =>
    guesses[product].many.owner[browser] ? 'signs in' : 'locked out';
  const p50 = (cell: string) => figureOf(samples, cell, 1).p50Ms;
  const joined = calls['scrypt traced, joins'];
  return [
    table(
      ['', ...productNames.map((name) => products[name].title)],
      [
        row('password hash', (product) => products[product].hash),
        row('CPU ms a login, 1 / 16 callers', (product) => cpu(`${product}, right`)),
        row('of that the hash', (product) => cpu(products[product].alone)),
        row('besides the hash, by difference', besidesHash),
        row('the same with the hash cut down', (product) => cpu(`${products[product].cut}, right`)),
        row('calls before the response; after it', (product) => {
          const { calls, afterwards } = callsOf(product);
          return `${calls - afterwards}; ${afterwards}`;
        }),
        row('round trips one after the other', (product) => {
          const { roundTrips, besideHash } = callsOf(product);
          return String(roundTrips + besideHash);
        }),
        row('of these beside the hash, not waited for', (product) =>
          String(callsOf(product).besideHash),
        ),
        row('bundle, minified, KiB gzip', (product) => gzipKib[product].toFixed(0)),
        row('cold start to the first 200, ms', start('health')),
        row('cold start to the first login, ms', start('login')),
        row(
          `verdicts in ${guessed.toLocaleString('en')} parallel guesses; right password among them`,
          verdicts('many'),
        ),
        row('the same from one address', verdicts('one')),
        row('the owner right after, same browser', owner('sameBrowser')),
        row('the owner right after, new browser', owner('newBrowser')),
        row('time, unknown user over wrong password', (product) =>
          figure(p50(`${product}, unknown`) / p50(`${product}, wrong`)),
        ),
      ],
    ),
    `With better-auth's joins: ${joined.calls - joined.afterwards} calls, ${joined.roundTrips} one ` +
      `after the other. With an instance kept for the isolate's life: CPU ms ` +
      `${cpu('pbkdf2 cut, kept, right')} with the hash cut down.`,
  ].join('\n\n');
}

export function factorTable(figures: Record<FactorProduct, FactorFigures>, amount: number): string {
  const row = (title: string, of: (figures: FactorFigures) => string | number) => [
    title,
    ...FACTOR_PRODUCTS.map((name) => String(of(figures[name]))),
  ];
  const sent = amount.toLocaleString('en');
  return table(
    ['', 'Gatehouse', 'better-auth'],
    [
      row(
        `sessions of ${sent} parallel submissions of one right code, one sign-in`,
        (of) => of.byOneHandle,
      ),
      row(
        'the same by as many sign-ins as wait at once, at most 20',
        ({ byHandles }) => `${byHandles.sessions} of ${byHandles.handles}`,
      ),
      row('the same code at a sign-in right after', ({ again }) =>
        again ? 'signs in' : 'refused',
      ),
      row(
        `verdicts in ${sent} parallel wrong codes, one sign-in`,
        ({ verdicts }) => verdicts.byOneHandle,
      ),
      row('the same by as many sign-ins as wait at once', ({ verdicts }) => verdicts.byHandles),
    ],
  );
}

export function passkeyTable(
  figures: Record<PasskeyProduct, PasskeyFigures>,
  gzipKib: Comparison['gzipKib'],
): string {
  const row = (title: string, of: (figures: PasskeyFigures) => string) => [
    title,
    ...PASSKEY_PRODUCTS.map((name) => of(figures[name])),
  ];
  const isAccepted = (isIn: boolean) => (isIn ? 'signs in' : 'refused');
  const other = figures.passkey.cpu;
  return table(
    ['', 'Gatehouse', 'better-auth'],
    [
      row(`sessions of ${AT_ONCE} parallel submissions of one assertion`, (of) =>
        String(of.sessions),
      ),
      row('the same assertion right after', ({ again }) => isAccepted(again)),
      row('an authenticator that has not verified its user', ({ unverified }) =>
        isAccepted(unverified),
      ),
      row('an unknown credential; a wrong signature', ({ answers }) => answers.join('; ')),
      row(
        `after ${AT_ONCE} wrong passwords: the password; the passkey`,
        ({ password, afterWrongPasswords }) => `${password}; ${isAccepted(afterWrongPasswords)}`,
      ),
      row('CPU ms of a sign-in', ({ cpu }) => figure(cpu.signInMs)),
      row("the same over better-auth's", ({ cpu }) => figure(cpu.signInMs / other.signInMs)),
      row('CPU ms of its options', ({ cpu }) => figure(cpu.optionsMs)),
      ['bundle, minified, KiB gzip', gzipKib.gatehouse.toFixed(0), gzipKib.passkey.toFixed(0)],
      ['of that for passkeys, by difference', '', (gzipKib.passkey - gzipKib.scrypt).toFixed(0)],
    ],
  );
}
