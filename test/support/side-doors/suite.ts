/**
 * No side door: every operation of every contract is asked in every state, and answers as the table
 * says (expected.ts), whichever way it takes to an account.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnyRoute } from '../../../src/contracts/contract.ts';
import type { BindingInterceptor } from '../../fixtures/intercept-bindings.ts';
import { captureConsole, type CapturedConsole } from '../captured-console.ts';
import { mailbox, type Mailbox } from '../mailbox.ts';
import { moveClock, visible } from '../session.ts';
import { ask } from './ask.ts';
import { EXPECTED, sendsSecret } from './expected.ts';
import {
  groupsOf,
  holdsSecret,
  inputOf,
  newAccount,
  UNLIMITED,
  type Cell,
  type Wire,
} from './prepare.ts';
import { STATES, type State } from './states.ts';
import { outcomeOf, reasonOf, statusOf, visibleOutcome } from './wires.ts';
import { contractCases, freshAddress, type Answer } from '../test-app.ts';

/** Files test/worker/side-doors-*.test.ts. */
const PARTS = 4;

let captured: CapturedConsole;

/** Describes one part of the contracts, since test files run side by side. */
export function describeSideDoors(part: number): void {
  const states = Object.keys(STATES) as State[];
  beforeEach(() => {
    captured = captureConsole();
  });

  describe.each(contractCases.filter((_, n) => n % PARTS === part - 1))('$name', (wire) => {
    const { contract } = wire;
    const ofWire = states.filter((state) => STATES[state].isOf?.(wire) ?? true);

    it.each(ofWire)('%s', async (state) => {
      const { operations } = EXPECTED[state];
      const routes = contract.routes.filter(({ operation }) => operations.includes(operation));
      const asked = { wire, routes, registersAtOnce: false };
      expect(await outcomesIn(state, asked)).toEqual(expectedIn(state, asked));
    });

    const isRegistering = (state: State) =>
      contract.canRegisterImmediately && EXPECTED[state].operations.includes('register');
    it.each(ofWire.filter(isRegistering))('%s, registering at once', async (state) => {
      const routes = contract.routes.filter(({ operation }) => operation === 'register');
      const asked = { wire, routes, registersAtOnce: true };
      expect(await outcomesIn(state, asked)).toEqual(expectedIn(state, asked));
    });
  });
}

interface Asked {
  wire: Wire;
  routes: readonly AnyRoute[];
  /** By the setting IMMEDIATE_REGISTRATION. */
  registersAtOnce: boolean;
}

function expectedIn(state: State, asked: Asked): Record<string, string> {
  const outcomes = asked.routes.map((route) => {
    const outcome = outcomeOf(asked, state, route);
    const status = statusOf(asked.wire.name, route.operation, outcome);
    return [nameOf(route), `${outcome}, ${status}`];
  });
  return Object.fromEntries(outcomes) as Record<string, string>;
}

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
    if (call.method === 'reserve') afterTicket?.();
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

function appOf(state: State, { wire, registersAtOnce }: Asked): Mailbox {
  const key = registersAtOnce ? `${state}, ${wire.name}` : state;
  const atOnce = registersAtOnce ? { IMMEDIATE_REGISTRATION: [wire.name] } : {};
  const settings = { ...UNLIMITED, ...STATES[state].settings, ...atOnce };
  const app = apps.get(key) ?? mailbox(settings, (call, proceed) => meanwhile(call, proceed));
  apps.set(key, app);
  return app;
}

/** Returns the outcome and the status of each route in the state. */
async function outcomesIn(state: State, asked: Asked) {
  const { wire, routes } = asked;
  const { isShared = false, begin, alter, passesMs, beforeWrite, afterTicket } = STATES[state];
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
  const answers: Awaited<ReturnType<typeof askFor>>[] = [];
  if (isOneByOne) for (const cell of cells) answers.push(await askFor(cell));
  else answers.push(...(await Promise.all(cells.map(askFor))));
  const logged = loggedOutcomes();
  const outcomes = answers.map(({ cell, answer, mails }) => {
    const { operation, route } = cell;
    const reason = logged.get(answer.headers.get('X-Request-Id') ?? '') ?? 'granted';
    const expected = outcomeOf(asked, state, route);
    const isMailed = sendsSecret(operation) && holdsSecret(to(recipientOf(cell)).slice(mails));
    const granted = sendsSecret(operation) && !isMailed ? 'silent' : 'granted';
    const refused = reasonOf(expected) === reason ? expected : reason;
    const outcome = reason === 'granted' ? granted : refused;
    const status = reason === 'granted' && answer.status < 300 ? '2xx' : answer.status;
    const isComparable = reason !== 'granted' || (sendsSecret(operation) && !asked.registersAtOnce);
    const key = `${wire.name} ${nameOf(route)} ${visibleOutcome(wire.name, expected)}`;
    const difference = isComparable ? differenceOf(key, state, answer) : '';
    return [nameOf(route), `${outcome}, ${status}${difference}`];
  });
  return Object.fromEntries(outcomes) as Record<string, string>;
}

/** The address to which the operation sends a code or a link. */
const recipientOf = ({ input, user, operation }: Cell): string =>
  operation === 'change-email' || operation === 'register' ? String(input['email']) : user.email;

/** Outcomes by trace id, of the log. A read that is granted has no line. */
function loggedOutcomes(): Map<string, string> {
  const lines = captured.take().map((line) => JSON.parse(line) as Record<string, string>);
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
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>');
  const known = first.get(key) ?? { bytes, state };
  first.set(key, known);
  return known.bytes === bytes ? '' : `: ${bytes}, unlike in “${known.state}”: ${known.bytes}`;
}
