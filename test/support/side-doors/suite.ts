/**
 * Asks every operation of a contract in a state. A path to an account that forgets a check of another
 * path is found by the table (expected.ts), whichever contract it belongs to.
 */
import type { AnyRoute } from '../../../src/contracts/contract.ts';
import type { BindingInterceptor } from '../../fixtures/intercept-bindings.ts';
import { captureConsole } from '../captured-console.ts';
import { mailbox, type Mailbox } from '../mailbox.ts';
import { moveClock, visible } from '../session.ts';
import { prepareApp, UNLIMITED, type Cell } from './accounts.ts';
import { WIRES, type Wire } from './all-wires.ts';
import { ask } from './ask.ts';
import { EXPECTED } from './expected.ts';
import { asksInAStep } from './factors.ts';
import { groupsOf, holdsSecret, inputOf, newAccount, storedOf } from './prepare.ts';
import { sendsSecret } from './rows.ts';
import { STATES, type State } from './states.ts';
import { outcomeOf, reasonOf, statusOf, visibleOutcome } from './wires.ts';
import { freshAddress, type Answer } from '../test-app.ts';

/** Files test/worker/side-doors-*.test.ts. */
const PARTS = 4;

/** A contract with its settings. */
interface Asked {
  name: string;
  wire: Wire;
  /** By the setting IMMEDIATE_REGISTRATION; nothing else is asked then. */
  registersAtOnce: boolean;
}

/** One part of the contracts, since test files run side by side. */
export const wiresOf = (part: number): Asked[] =>
  WIRES.filter((_, n) => n % PARTS === part - 1).flatMap((wire) => [
    { name: wire.name, wire, registersAtOnce: false },
    ...(wire.contract.canRegisterImmediately
      ? [{ name: `${wire.name}, registering at once`, wire, registersAtOnce: true }]
      : []),
  ]);

export const statesOf = (asked: Asked): State[] =>
  (Object.keys(STATES) as State[]).filter(
    (state) => (STATES[state].isOf?.(asked.wire) ?? true) && routesIn(state, asked).length > 0,
  );

function routesIn(state: State, { wire, registersAtOnce }: Asked): AnyRoute[] {
  const { operations } = EXPECTED[state];
  return wire.contract.routes.filter(
    ({ operation }) =>
      operations.includes(operation) &&
      (!registersAtOnce || operation === 'register') &&
      (operation !== 'second-factor' || STATES[state].enrols === true || asksInAStep(wire)),
  );
}

/** The outcome and the status of each route in the state, as the table has them. */
export function expectedIn(state: State, asked: Asked): Record<string, string> {
  const outcomes = routesIn(state, asked).map((route) => {
    const outcome = outcomeOf(asked, state, route);
    const status = statusOf(asked.wire.name, route, outcome);
    return [nameOf(route), `${outcome}, ${status}`];
  });
  return Object.fromEntries(outcomes) as Record<string, string>;
}

/** Tells whether a contract grants at the route what others refuse. */
const isLenient = (state: State, asked: Asked) => (route: AnyRoute) =>
  outcomeOf(asked, state, route) === 'granted' &&
  EXPECTED[state].outcomeOf(route.operation) !== 'granted';

const nameOf = ({ operation, method, path, when }: AnyRoute): string =>
  [operation, method, path, ...(Object.keys(when).length > 0 ? [JSON.stringify(when)] : [])].join(
    ' ',
  );

const undisturbed: BindingInterceptor = (_call, proceed) => proceed();
let meanwhile = undisturbed;

/** Lets the state change while the request is under way. */
async function disturbed(state: State, cell: Cell, request: () => Promise<Answer>) {
  const { beforeWrite, afterTicket } = STATES[state];
  let isDone = false;
  const startMs = Date.now();
  meanwhile = async (call, proceed) => {
    const writes = call.to === 'database' && call.what.some((sql) => /^(?!select)/i.test(sql));
    if (!isDone && writes && beforeWrite) {
      isDone = true;
      await beforeWrite(cell);
    }
    const result = await proceed();
    if (call.method === 'reserve' || call.method === 'take') afterTicket?.();
    return result;
  };
  try {
    return await request();
  } finally {
    meanwhile = undisturbed;
    moveClock(startMs - Date.now());
  }
}

const apps = new Map<string, Mailbox>();
/** For each test file, since each has limits of its own (database.ts). */
export function beginFile(): void {
  apps.clear();
  prepareApp();
}

function appOf(state: State, { wire, registersAtOnce }: Asked): Mailbox {
  const key = registersAtOnce ? `${state}, ${wire.name}` : state;
  const atOnce = registersAtOnce ? { IMMEDIATE_REGISTRATION: [wire.name] } : {};
  const settings = { ...UNLIMITED, ...STATES[state].settings, ...atOnce };
  const app = apps.get(key) ?? mailbox(settings, (call, proceed) => meanwhile(call, proceed));
  apps.set(key, app);
  return app;
}

/** Brings the state about, asks each route, and returns its outcome and status. */
export async function outcomesIn(state: State, asked: Asked): Promise<Record<string, string>> {
  const { wire } = asked;
  const routes = routesIn(state, asked);
  const captured = captureConsole();
  const { begin, alter, passesMs, beforeWrite, afterTicket } = STATES[state];
  const isShared = STATES[state].isShared === true && !routes.some(isLenient(state, asked));
  const isOneByOne = beforeWrite !== undefined || afterTicket !== undefined;
  const { app, to } = appOf(state, asked);
  const address = freshAddress();
  const groups = beforeWrite ? routes.map((route) => [route]) : groupsOf(routes, !isShared);
  const prepared = groups.map(async (group): Promise<Cell[]> => {
    const account = await newAccount(group, { wire, app });
    const inputs: Cell['input'][] = [];
    for (const { operation } of group) inputs.push(await inputOf(operation, account));
    await begin?.(account);
    const cells = group.map((route, n) => {
      return { ...account, route, operation: route.operation, input: inputs[n] ?? {}, address };
    });
    for (const cell of cells) await alter?.(cell);
    return cells;
  });
  const cells = (await Promise.all(prepared)).flat();
  moveClock(passesMs?.(wire) ?? 0);
  captured.take();
  const askFor = async (cell: Cell) => {
    const mails = to(recipientOf(cell)).length;
    const request = () => ask(app, { contract: wire.contract, ...cell });
    return {
      cell,
      mails,
      answer: await (isOneByOne ? disturbed(state, cell, request) : request()),
    };
  };
  const stored = isShared ? await storedOf(cells) : null;
  const answers: Awaited<ReturnType<typeof askFor>>[] = [];
  if (isOneByOne) for (const cell of cells) answers.push(await askFor(cell));
  else answers.push(...(await Promise.all(cells.map(askFor))));
  const changed = stored === null || stored === (await storedOf(cells)) ? {} : CHANGED;
  const logged = loggedOutcomes(captured.take());
  const outcomes = answers.map(({ cell, answer, mails }) => {
    const { operation, route } = cell;
    const reason = logged.get(answer.headers.get('X-Request-Id') ?? '') ?? 'granted';
    const expected = outcomeOf(asked, state, route);
    const isMailed = sendsSecret(operation) && holdsSecret(to(recipientOf(cell)).slice(mails));
    const granted = sendsSecret(operation) && !isMailed ? 'silent' : 'granted';
    const refused = reasonOf(expected) === reason ? expected : reason;
    const outcome = reason === 'granted' ? granted : refused;
    const status = reason === 'granted' && answer.status < 300 ? '2xx' : answer.status;
    // Some wires answer a login that owes a code with tokens, which differ each time.
    const isRefused =
      reason !== 'granted' && !(answer.status === 200 && reason.endsWith('-required'));
    const isTold = operation === 'add-passkey' && reason === 'malformed';
    const isComparable =
      (isRefused && !isTold) || (sendsSecret(operation) && !asked.registersAtOnce);
    const key = `${wire.name} ${nameOf(route)} ${visibleOutcome(wire.name, expected)}`;
    const difference = isComparable ? differenceOf(key, state, answer) : '';
    return [nameOf(route), `${outcome}, ${status}${difference}`];
  });
  return { ...changed, ...(Object.fromEntries(outcomes) as Record<string, string>) };
}

const CHANGED = { 'users and sessions': 'changed by a refused request' };

/** The address to which the operation sends a code or a link. */
const recipientOf = ({ input, user, operation }: Cell): string =>
  operation === 'change-email' || operation === 'register' ? String(input['email']) : user.email;

/** Outcomes by trace id, of the log. A read that is granted has no line. */
function loggedOutcomes(captured: readonly string[]): Map<string, string> {
  const lines = captured.map((line) => JSON.parse(line) as Record<string, string>);
  return new Map(
    lines.flatMap(({ trace_id: id = '', outcome }) =>
      outcome === undefined ? [] : [[id, outcome]],
    ),
  );
}

/** The first answer of each contract, operation and outcome. */
const first = new Map<string, { bytes: string; state: State }>();

/** Compares the answer with the first one of its outcome: no client can tell the two states apart. */
function differenceOf(key: string, state: State, answer: Answer): string {
  const bytes = visible(answer)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[\w.+-]+@example\.com/g, '<address>')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>')
    .replaceAll(/\bmethods\b[^\]]*\]/g, '<methods>')
    .replaceAll(/[\w-]{400,}/g, ({ length }) => `<handle of ${length}>`);
  const known = first.get(key) ?? { bytes, state };
  first.set(key, known);
  return known.bytes === bytes ? '' : `: ${bytes}, unlike in “${known.state}”: ${known.bytes}`;
}
