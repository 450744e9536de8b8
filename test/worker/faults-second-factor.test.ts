/** Logins with a second factor, and changes of factors, with each fault at each of their calls. */
import { beforeEach, describe, vi } from 'vitest';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { failOnUnhandled } from '../support/captured-console.ts';
import type { Flow } from '../support/fault-invariants.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { mainFaults } from '../support/faults.ts';
import {
  begin,
  enrol,
  enroll,
  fieldOf,
  nextCode,
  type Enrolled,
} from '../support/second-factor.ts';
import { client, moveClock, tokensOf, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCase,
  createTestApp,
  factorIdOf,
  type TestUser,
} from '../support/test-app.ts';

const unhandled = failOnUnhandled();

/** The pause before an e-mail is sent again is no part of these tests. */
beforeEach(() => {
  const { wait } = scheduler;
  vi.spyOn(scheduler, 'wait').mockImplementation((_ms, options) =>
    wait.call(scheduler, 0, options),
  );
});

const NAME = 'email-cookie';
const { status } = contractCase(NAME);
const here = () => client(createTestApp(), NAME);

type Request = {
  [O in Operation]: { user: TestUser; to: O; body: InputOf<O>; token?: string };
}[Operation];

/** A request whose repetition is answered alike, unless `rest` says otherwise. */
const flow = (
  name: string,
  request: () => Promise<Request>,
  rest: Partial<Flow> & Pick<Flow, 'status'>,
): Flow => ({
  name,
  contract: NAME,
  prepare: async () => {
    const { user, to, body, token } = await request();
    const tokens = token === undefined ? {} : { token };
    return { user, send: (app) => client(app, NAME).ask(to, body, tokens) };
  },
  repeated: rest.status,
  ...rest,
});

const login = async (): Promise<Request> => {
  const own = here();
  const { user } = await enrol(own);
  return { user, to: 'login', body: own.attempt(user) };
};
const complete = async (codeOf: (enrolled: Enrolled) => string): Promise<Request> => {
  const own = here();
  const enrolled = await enrol(own);
  const challenge = await begin(own, enrolled);
  moveClock(1);
  const body = { challenge, code: codeOf(enrolled) };
  return { user: enrolled.user, to: 'second-factor', body };
};
const recoveryCode = ({ recoveryCodes }: Enrolled) => String(recoveryCodes[0]);

const strict = () => client(createTestApp({ SECOND_FACTOR: 'required' }), NAME);
const enrolByStep = async (): Promise<Request> => {
  const user = await addUser();
  const challenge = await begin(strict(), { user });
  return { user, to: 'enroll-totp', body: { challenge, name: null } };
};
const completeByEnrolling = async (): Promise<Request> => {
  const user = await addUser();
  const challenge = await begin(strict(), { user });
  const enrolment = await strict().ask('enroll-totp', { challenge, name: null });
  const code = nextCode({ secret: fieldOf(enrolment, 'secret') as string });
  return { user, to: 'second-factor', body: { challenge, code } };
};

const signedIn = async () => {
  const user = await addUser();
  return { user, token: tokensOf(await here().login(user)).access };
};
const reauthenticate = async (
  proofOf: (enrolled: Enrolled) => InputOf<'reauthenticate'>,
): Promise<Request> => {
  const enrolled = await enrol(here());
  const { user, token } = enrolled;
  return { user, token, to: 'reauthenticate', body: proofOf(enrolled) };
};
const enrolling = async (): Promise<Request> => {
  const session = await signedIn();
  return { ...session, to: 'enroll-totp', body: { challenge: null, name: null } };
};
const confirming = async (): Promise<Request> => {
  const session = await signedIn();
  const code = nextCode({ secret: await enroll(here(), session.token) });
  return { ...session, to: 'confirm-totp', body: { code } };
};
const newCodes = async (): Promise<Request> => {
  const { user, token } = await enrol(here());
  return { user, token, to: 'new-recovery-codes', body: null };
};
const removing = async (): Promise<Request> => {
  const { user, token } = await enrol(here());
  return { user, token, to: 'remove-factor', body: { id: await factorIdOf(user) } };
};

const settle = ['limits settle 1'];
const audit = ['database run 1'];
const unanswered = ['LOGIN granted', 'LOGIN_UNANSWERED ended'].map(
  (event) => `audit_events + ${event} ${NAME}`,
);
const used = `audit_events + RECOVERY_CODE_USED login ${NAME}`;
const confirmed = `audit_events + FACTOR_CONFIRMED login ${NAME}`;
const expired = status['expired-step'];
const wrongCode = status['invalid-factor'];
/** `left`: by the use of the code, with or without an answer. */
const right = (...left: string[]) =>
  ({
    status: status.granted,
    repeated: expired,
    guess: 'right',
    storedButRefused: 'never',
    unawaited: settle,
    mayRemain: [...unanswered, ...left],
    waitingSteps: 1,
    withoutTicket: [expired, status.busy],
  }) as const;
const wrong = {
  status: wrongCode,
  guess: 'wrong',
  unawaited: audit,
  waitingSteps: 1,
  withoutTicket: [expired, status.busy],
} as const;

describe('a login', () => {
  testFlows(unhandled, [
    flow('that owes a code', login, {
      status: status['second-factor-required'],
      guess: 'right',
      unawaited: audit,
      waitingSteps: 2,
    }),
    flow('with the right code', () => complete(nextCode), right('factors ~ last_step')),
    flow('with a wrong code', () => complete(() => WRONG), wrong),
  ]);
  testFlows(
    unhandled,
    [
      flow(
        'with a recovery code',
        () => complete(recoveryCode),
        right('factors - recovery-code', used),
      ),
      flow('with a code that enrols', completeByEnrolling, right('factors ~ last_step', confirmed)),
      flow('that enrols a factor', enrolByStep, { status: status.granted }),
    ],
    mainFaults,
  );
});

describe('a session', () => {
  testFlows(unhandled, [
    flow(
      'proven by a code',
      () => reauthenticate((enrolled) => ({ password: null, code: nextCode(enrolled) })),
      {
        status: status.done,
        repeated: wrongCode,
        guess: 'right',
        // A ticket that expired meanwhile: the session is proven, and its owner is told to try again.
        storedButRefused: 'refused',
        unawaited: settle,
      },
    ),
    flow('that confirms a factor', confirming, {
      status: status.granted,
      repeated: wrongCode,
    }),
  ]);
  testFlows(
    unhandled,
    [
      flow(
        'proven by the password',
        () => reauthenticate(({ user }) => ({ password: user.password, code: null })),
        {
          status: status.done,
          guess: 'right',
          unawaited: [...settle, 'database run 2'],
        },
      ),
      flow(
        'not proven by a wrong code',
        () => reauthenticate(() => ({ password: null, code: WRONG })),
        {
          status: wrongCode,
          guess: 'wrong',
          unawaited: audit,
        },
      ),
      flow('that enrols a factor', enrolling, { status: status.granted }),
      flow('that replaces the recovery codes', newCodes, { status: status.granted }),
      flow('that removes a factor', removing, {
        status: status.done,
        repeated: status['not-found'],
        storedButRefused: 'refused',
      }),
    ],
    mainFaults,
  );
});
