/**
 * Counts the waits of the operations around passkeys for the network (round-trips.test.ts), and holds
 * that no answer and no call tells a flawed assertion from one of an unknown passkey.
 */
import { describe, expect, it } from 'vitest';
import type { CallTrace } from '../fixtures/call-trace.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import {
  addPasskey,
  assertionAt,
  newCredentialId,
  registrationAt,
  signInBy,
} from '../support/passkeys.ts';
import { client, tokensOf, visible, type ContractAnswer } from '../support/session.ts';
import { addUser, contractCases, createTestApp, oneOfEachKind } from '../support/test-app.ts';

const recorder = slowNetwork();
const levelsOf = ({ way }: CallTrace) =>
  way.map(({ calls }) =>
    calls.map(({ to, method, what }) =>
      to === 'database' ? `${method} of ${what.length}` : `${to} ${method}`,
    ),
  );

const READ = 'all of 1';
const COUNTED = [READ, 'limits consume'];

it.each(oneOfEachKind)('waits as often as it must, and no more, at $name', async ({ name }) => {
  const caller = client(createTestApp({}, recorder.intercept, recorder.responded), name);
  const { ask, login } = caller;
  const found: Record<string, string[][]> = {};
  const take = async (title: string, work: () => Promise<ContractAnswer>) => {
    recorder.take();
    const answer = await work();
    expect(answer.status, title).toBeLessThan(300);
    found[title] = levelsOf(recorder.take()).map((calls) => calls.toSorted());
  };
  const user = await addUser();
  const passkey = await addPasskey(user);
  await take('passkey-login-options', () => ask('passkey-login-options', null));
  const credential = await assertionAt(caller, passkey);
  await take('passkey-login', () => ask('passkey-login', { credential, remember: false }));
  await take('login', () => login(user));
  const { access: token } = tokensOf(await signInBy(caller, passkey));
  const proof = { password: null, code: null, credential: await assertionAt(caller, passkey) };
  await take('reauthenticate', () => ask('reauthenticate', proof, { token }));
  await take('passkey-options', () => ask('passkey-options', null, { token }));
  const added = await registrationAt(caller, token);
  await take('add-passkey', () => ask('add-passkey', { name: null, credential: added }, { token }));
  await take('list-passkeys', () => ask('list-passkeys', null, { token }));
  const { id } = passkey;
  await take('rename-passkey', () => ask('rename-passkey', { id, name: 'Phone' }, { token }));
  await take('remove-password', () => ask('remove-password', null, { token }));
  await addPasskey(user);
  await take('remove-passkey', () => ask('remove-passkey', { id }, { token }));
  expect(found).toEqual({
    'passkey-login-options': [],
    'passkey-login': [COUNTED, ['batch of 7']],
    login: [COUNTED, ['limits reserve'], ['batch of 5']],
    reauthenticate: [[READ, ...COUNTED], ['batch of 4']],
    'passkey-options': [COUNTED],
    'add-passkey': [COUNTED, ['batch of 4']],
    'list-passkeys': [[READ]],
    'rename-passkey': [COUNTED, ['batch of 3']],
    'remove-password': [COUNTED, ['batch of 6']],
    'remove-passkey': [COUNTED, ['batch of 4']],
  });
});

describe.each(contractCases)('at $name', ({ name, status }) => {
  it('an unknown passkey, a wrong signature and another owner are answered alike', async () => {
    const caller = client(createTestApp({}, recorder.intercept, recorder.responded), name);
    const user = await addUser();
    const passkey = await addPasskey(user);
    const inactive = await addPasskey(await addUser({ status: 'inactive' }));
    const unknown = { ...(await assertionAt(caller, passkey)), id: newCredentialId() };
    const signature = unknown.signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const { userHandle } = inactive;
    const flawed = [
      unknown,
      await assertionAt(caller, passkey, { signature }),
      await assertionAt(caller, passkey, { userHandle }),
      await assertionAt(caller, inactive, { signature }),
      await assertionAt(caller, passkey, { flipFlags: 4 }),
    ];
    const seen = [];
    for (const credential of flawed) {
      recorder.take();
      const answer = await caller.ask('passkey-login', { credential, remember: false });
      const { roundTrips, calls, afterwards, way } = recorder.take();
      expect(answer.status).toBe(status['invalid-passkey']);
      const calledFor = way.map(({ calls }) =>
        calls.map(({ to, method, what }) => [to, method, ...(to === 'database' ? what : [])]),
      );
      seen.push({ answer: visible(answer), roundTrips, calls, afterwards, calledFor });
    }
    for (const each of seen) expect(each).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ roundTrips: 1 });
  });
});
