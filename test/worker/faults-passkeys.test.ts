/**
 * Sign-ins with passkeys, and changes of passkeys, with each fault at each of their calls. A challenge is
 * used up in the batch that stores what was signed, or not at all: an outage costs no sign-in.
 */
import { beforeEach, describe, vi } from 'vitest';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { failOnUnhandled } from '../support/captured-console.ts';
import type { Flow } from '../support/fault-invariants.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { mainFaults } from '../support/faults.ts';
import { addPasskey, assertionAt, registrationAt, signInBy } from '../support/passkeys.ts';
import { client, tokensOf } from '../support/session.ts';
import { addUser, contractCase, createTestApp, type TestUser } from '../support/test-app.ts';

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

const flow = (
  name: string,
  request: () => Promise<Request>,
  rest: Partial<Flow> & Pick<Flow, 'status' | 'repeated'>,
): Flow => ({
  name,
  contract: NAME,
  prepare: async () => {
    const { user, to, body, token } = await request();
    const tokens = token === undefined ? {} : { token };
    return { user, send: (app) => client(app, NAME).ask(to, body, tokens) };
  },
  ...rest,
});

/** An account with passkeys, and a session that one of them has opened. */
const signedIn = async (count: number) => {
  const user = await addUser();
  const passkeys = [];
  while (passkeys.length < count) passkeys.push(await addPasskey(user));
  const [passkey] = passkeys as [Awaited<ReturnType<typeof addPasskey>>];
  const { access: token } = tokensOf(await signInBy(here(), passkey));
  return { user, passkey, token };
};

const login = async (changed = {}): Promise<Request> => {
  const user = await addUser();
  const credential = await assertionAt(here(), await addPasskey(user), changed);
  return { user, to: 'passkey-login', body: { credential, remember: false } };
};
const reauthenticate = async (): Promise<Request> => {
  const { user, passkey, token } = await signedIn(1);
  const credential = await assertionAt(here(), passkey);
  return { user, token, to: 'reauthenticate', body: { password: null, code: null, credential } };
};
const askForOptions = async (): Promise<Request> => {
  const user = await addUser();
  const { access: token } = tokensOf(await here().login(user));
  return { user, token, to: 'passkey-options', body: null };
};
const add = async (): Promise<Request> => {
  const { user, token } = await signedIn(1);
  const credential = await registrationAt(here(), token);
  return { user, token, to: 'add-passkey', body: { name: 'Phone', credential } };
};
const rename = async (): Promise<Request> => {
  const { user, passkey, token } = await signedIn(1);
  return { user, token, to: 'rename-passkey', body: { id: passkey.id, name: 'Phone' } };
};
const remove = async (): Promise<Request> => {
  const { user, passkey, token } = await signedIn(1);
  return { user, token, to: 'remove-passkey', body: { id: passkey.id } };
};
const removePassword = async (): Promise<Request> => {
  const { user, token } = await signedIn(2);
  return { user, token, to: 'remove-password', body: null };
};

const expired = status['expired-challenge'];
/** Nothing is stored twice: the next challenge is as good as the first. */
const once = { repeated: expired, storedButRefused: 'refused' } as const;

describe('a sign-in with a passkey', () => {
  testFlows(unhandled, [flow('that is right', login, { status: status.granted, ...once })]);
  testFlows(
    unhandled,
    [
      flow('that is flawed', () => login({ flipFlags: 4 }), {
        status: status['invalid-passkey'],
        repeated: status['invalid-passkey'],
        unawaited: ['database run 1'],
      }),
    ],
    mainFaults,
  );
});

describe('a session', () => {
  testFlows(unhandled, [
    flow('that adds a passkey', add, { status: 200, ...once }),
    flow('that removes the password', removePassword, {
      status: status.done,
      repeated: status.done,
    }),
  ]);
  testFlows(
    unhandled,
    [
      flow('proven by a passkey', reauthenticate, { status: status.done, ...once }),
      flow('that asks for options', askForOptions, { status: 200, repeated: 200 }),
      flow('that renames a passkey', rename, { status: 200, repeated: 200 }),
      flow('that removes a passkey', remove, {
        status: status.done,
        repeated: status['not-found'],
        storedButRefused: 'refused',
      }),
    ],
    mainFaults,
  );
});
