/** Refreshes, logouts and session lists with each fault at each of their binding calls. */
import { describe } from 'vitest';
import { failOnUnhandled } from '../support/captured-console.ts';
import type { Flow } from '../support/fault-invariants.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { faults, mainFaults } from '../support/faults.ts';
import { claimsOf, client, tokensOf, type Tokens } from '../support/session.ts';
import { addUser, contractCase, createTestApp, type Answer } from '../support/test-app.ts';

const unhandled = failOnUnhandled();

describe.each(['email-cookie', 'username-pair'])('%s', (name) => {
  type Client = ReturnType<typeof client>;
  const { done } = contractCase(name).status;
  const own = client(createTestApp(), name);

  interface Expected extends Pick<Flow, 'status' | 'repeated' | 'storedButRefused' | 'except'> {
    /** Uses the first session's tokens before the request. */
    used?: (first: Tokens) => Promise<unknown>;
  }
  /** A request of a user who has two sessions. */
  const signedIn = (
    about: string,
    send: (at: Client, first: Tokens, second: Tokens) => Promise<Answer>,
    { used, ...rest }: Expected,
  ): Flow => ({
    name: about,
    contract: name,
    prepare: async () => {
      const user = await addUser();
      const first = tokensOf(await own.login(user));
      const second = tokensOf(await own.login(user));
      await used?.(first);
      return { user, send: (app) => send(client(app, name), first, second) };
    },
    ...rest,
  });
  const refresh = (at: Client, tokens: Tokens) => at.refresh(tokens.refresh);
  const rotate = async (tokens: Tokens) => tokensOf(await own.refresh(tokens.refresh));

  const flows = [
    signedIn('a refresh', refresh, { status: 200, repeated: 200 }),
    signedIn('a refresh with the previous token', refresh, {
      status: 200,
      repeated: 200,
      used: rotate,
    }),
    signedIn(
      'two refreshes at once',
      async (at, tokens) => {
        const both = await Promise.all([refresh(at, tokens), refresh(at, tokens)]);
        return both.find(({ status }) => status !== 200) ?? both[0];
      },
      // Half a minute after its successor was issued, a token is refused (flows/refresh.ts).
      { status: 200, repeated: 200, except: ['arrives late'] },
    ),
    signedIn('a refresh with a reused token', refresh, {
      status: 401,
      repeated: 401,
      used: async (first) => rotate(await rotate(first)),
    }),
    signedIn('a logout', (at, { access }) => at.logout(access), { status: done, repeated: done }),
    signedIn('a logout everywhere', (at, { access }) => at.logoutAll(access), {
      status: done,
      repeated: 401,
      storedButRefused: 'refused',
    }),
    signedIn(
      'a logout of all other sessions',
      (at, { access: token }) => at.ask('logout-others', null, { token }),
      { status: done, repeated: done },
    ),
    signedIn(
      'a change of the profile',
      (at, { access: token }) => at.ask('update-profile', { name: 'Al' }, { token }),
      { status: 200, repeated: 200 },
    ),
    signedIn('the list of sessions', (at, { access }) => at.sessions(access), {
      status: 200,
      repeated: 200,
    }),
    signedIn('the profile', (at, { access }) => at.profile(access), { status: 200, repeated: 200 }),
    signedIn(
      'the end of another session',
      (at, { access }, second) => at.endSession(access, claimsOf(second.access).sid),
      { status: done, repeated: 404, storedButRefused: 'refused' },
    ),
    signedIn(
      'the end of an unknown session',
      (at, { access }) => at.endSession(access, crypto.randomUUID()),
      { status: 404, repeated: 404 },
    ),
  ];
  testFlows(unhandled, flows, name === 'email-cookie' ? faults : mainFaults);
});
