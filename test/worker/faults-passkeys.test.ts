/**
 * Sign-ins with passkeys, and changes of passkeys, with each fault at each of their calls. A challenge is
 * used up in the batch that stores what was signed, or not at all: an outage costs no sign-in.
 */
import { describe } from 'vitest';
import { failOnUnhandled } from '../support/captured-console.ts';
import { dropPauses, flowsOf, type FaultRequest } from '../support/fault-requests.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { mainFaults } from '../support/faults.ts';
import { addPasskey, assertionAt, registrationAt, signInBy } from '../support/passkeys.ts';
import { client, tokensOf } from '../support/session.ts';
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';

const unhandled = failOnUnhandled();

dropPauses();

const NAME = 'email-cookie';
const { status } = contractCase(NAME);
const here = () => client(createTestApp(), NAME);

const flow = flowsOf(NAME);

/** An account with passkeys, and a session that one of them has opened. */
const signedIn = async (count: number) => {
  const user = await addUser();
  const passkeys = [];
  while (passkeys.length < count) passkeys.push(await addPasskey(user));
  const [passkey] = passkeys as [Awaited<ReturnType<typeof addPasskey>>];
  const { access: token } = tokensOf(await signInBy(here(), passkey));
  return { user, passkey, token };
};

const login = async (changed = {}): Promise<FaultRequest> => {
  const user = await addUser();
  const credential = await assertionAt(here(), await addPasskey(user), changed);
  return { user, to: 'passkey-login', body: { credential, remember: false } };
};
const reauthenticate = async (): Promise<FaultRequest> => {
  const { user, passkey, token } = await signedIn(1);
  const credential = await assertionAt(here(), passkey);
  return { user, token, to: 'reauthenticate', body: { password: null, code: null, credential } };
};
const askForOptions = async (): Promise<FaultRequest> => {
  const user = await addUser();
  const { access: token } = tokensOf(await here().login(user));
  return { user, token, to: 'passkey-options', body: null };
};
const add = async (): Promise<FaultRequest> => {
  const { user, token } = await signedIn(1);
  const credential = await registrationAt(here(), token);
  return { user, token, to: 'add-passkey', body: { name: 'Phone', credential } };
};
const rename = async (): Promise<FaultRequest> => {
  const { user, passkey, token } = await signedIn(1);
  return { user, token, to: 'rename-passkey', body: { id: passkey.id, name: 'Phone' } };
};
const remove = async (): Promise<FaultRequest> => {
  const { user, passkey, token } = await signedIn(1);
  return { user, token, to: 'remove-passkey', body: { id: passkey.id } };
};
const removePassword = async (): Promise<FaultRequest> => {
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
