/** Logins with a second factor, and changes of factors, with each fault at each of their calls. */
import { env } from 'cloudflare:workers';
import { describe } from 'vitest';
import type { InputOf } from '../../src/flows/operations.ts';
import { failOnUnhandled } from '../support/captured-console.ts';
import { dropPauses, flowsOf, type FaultRequest } from '../support/fault-requests.ts';
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
import { addUser, contractCase, createTestApp, factorIdOf } from '../support/test-app.ts';

const unhandled = failOnUnhandled();

dropPauses();

const NAME = 'email-cookie';
const { status } = contractCase(NAME);
const here = () => client(createTestApp(), NAME);

const flow = flowsOf(NAME);

const login = async (): Promise<FaultRequest> => {
  const own = here();
  const { user } = await enrol(own);
  return { user, to: 'login', body: own.attempt(user) };
};
const complete = async (codeOf: (enrolled: Enrolled) => string): Promise<FaultRequest> => {
  const own = here();
  const enrolled = await enrol(own);
  const challenge = await begin(own, enrolled);
  // A first sign-in causes no e-mail; faults-login.test.ts has the faults around those of later ones.
  const { id } = enrolled.user;
  await env.DB.prepare('UPDATE users SET last_login_at_ms = NULL WHERE id = ?').bind(id).run();
  moveClock(1);
  const body = { challenge, code: codeOf(enrolled) };
  return { user: enrolled.user, to: 'second-factor', body };
};
const recoveryCode = ({ recoveryCodes }: Enrolled) => String(recoveryCodes[0]);

const strict = () => client(createTestApp({ SECOND_FACTOR: 'required' }), NAME);
const enrolByStep = async (): Promise<FaultRequest> => {
  const user = await addUser();
  const challenge = await begin(strict(), { user });
  return { user, to: 'enroll-totp', body: { challenge, name: null } };
};
const completeByEnrolling = async (): Promise<FaultRequest> => {
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
): Promise<FaultRequest> => {
  const enrolled = await enrol(here());
  const { user, token } = enrolled;
  return { user, token, to: 'reauthenticate', body: proofOf(enrolled) };
};
const enrolling = async (): Promise<FaultRequest> => {
  const session = await signedIn();
  return { ...session, to: 'enroll-totp', body: { challenge: null, name: null } };
};
const confirming = async (): Promise<FaultRequest> => {
  const session = await signedIn();
  const code = nextCode({ secret: await enroll(here(), session.token) });
  return { ...session, to: 'confirm-totp', body: { code } };
};
const newCodes = async (): Promise<FaultRequest> => {
  const { user, token } = await enrol(here());
  return { user, token, to: 'new-recovery-codes', body: null };
};
const removing = async (): Promise<FaultRequest> => {
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
