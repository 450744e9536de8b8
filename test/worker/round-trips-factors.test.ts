/** Counts the waits of the operations around second factors for the network (round-trips.test.ts). */
import { expect, it } from 'vitest';
import type { CallTrace } from '../fixtures/call-trace.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import { begin, enrol, nextCode, stepCases } from '../support/second-factor.ts';
import { client, tokensOf, WRONG, type ContractAnswer } from '../support/session.ts';
import { addUser, createTestApp, factorIdOf } from '../support/test-app.ts';

const recorder = slowNetwork();

/** Before the answer, one after the other; those of them beside the hash; all calls; those after. */
type Counts = [roundTrips: number, besideHash: number, calls: number, afterwards: number];

const EXPECTED: Record<string, Counts> = {
  'login, code owed': [2, 1, 5, 1],
  'second-factor, wrong': [2, 0, 5, 1],
  // The sign-in on a new device is told of behind the answer.
  'second-factor, right': [2, 0, 9, 5],
  'second-factor, step over': [1, 0, 3, 0],
  'second-factor, forged': [1, 0, 1, 0],
  'list-factors': [1, 0, 1, 0],
  // No hash is under way while the ticket is reserved.
  'reauthenticate, code': [3, 0, 6, 2],
  'reauthenticate, wrong code': [3, 0, 5, 1],
  'reauthenticate, password': [2, 1, 6, 1],
  'new-recovery-codes': [2, 0, 4, 1],
  'remove-factor': [2, 0, 4, 1],
  'enroll-totp': [2, 0, 3, 0],
  'confirm-totp, wrong': [1, 0, 2, 0],
};

it.each(stepCases)('waits as often as it must, and no more, at $name', async ({ name, status }) => {
  const own = client(createTestApp({}, recorder.intercept, recorder.responded), name);
  const found: Record<string, Counts> = {};
  const take = async (title: string, work: Promise<ContractAnswer>, expected: number) => {
    recorder.take();
    const answer = await work;
    expect(answer.status, title).toBe(expected);
    const { roundTrips, besideHash, calls, afterwards }: CallTrace = recorder.take();
    found[title] = [roundTrips, besideHash, calls, afterwards];
    return answer;
  };
  const enrolled = await enrol(own);
  const { user, token, recoveryCodes } = enrolled;
  await take('login, code owed', own.login(user), status['second-factor-required']);
  const challenge = await begin(own, enrolled);
  const complete = (code: string, handle = challenge) =>
    own.ask('second-factor', { challenge: handle, code });
  await take('second-factor, wrong', complete(WRONG), status['invalid-factor']);
  await take('second-factor, right', complete(nextCode(enrolled)), status.granted);
  await take('second-factor, step over', complete(WRONG), status['expired-step']);
  await take('second-factor, forged', complete(WRONG, 'x'), status['expired-step']);

  const ask = { token };
  const prove = (code: string) => own.ask('reauthenticate', { password: null, code }, ask);
  const byPassword = { password: user.password, code: null };
  await take('list-factors', own.ask('list-factors', null, ask), 200);
  await take('reauthenticate, code', prove(recoveryCodes[0] ?? ''), status.done);
  await take('reauthenticate, wrong code', prove(WRONG), status['invalid-factor']);
  await take('reauthenticate, password', own.ask('reauthenticate', byPassword, ask), status.done);
  await take('new-recovery-codes', own.ask('new-recovery-codes', null, ask), status.granted);
  const removal = { id: await factorIdOf(user) };
  await take('remove-factor', own.ask('remove-factor', removal, ask), status.done);
  const { access } = tokensOf(await own.login(await addUser()));
  const fresh = { token: access };
  const none = { challenge: null, name: null };
  await take('enroll-totp', own.ask('enroll-totp', none, fresh), status.granted);
  const wrong = own.ask('confirm-totp', { code: '000000' }, fresh);
  await take('confirm-totp, wrong', wrong, status['invalid-factor']);
  expect(found).toEqual(EXPECTED);
});
