/** What follows a login, with any fault at any of its calls. */
import { describe } from 'vitest';
import { addUser, contractCase, type Answer, type TestApp } from '../support/test-app.ts';
import { createTestApp } from '../support/test-app.ts';
import { client, held, type Held } from '../support/session.ts';
import { faults, mainFaults } from '../support/faults.ts';
import type { Flow } from '../support/fault-scenario.ts';
import { holdFlows } from '../support/fault-scenarios.ts';
import { failOnUnhandled } from '../support/fail-on-unhandled.ts';

failOnUnhandled();

describe.each(['email-cookie', 'username-pair'])('%s', (name) => {
  const { contract } = contractCase(name);
  const at = (here: TestApp) => client(here, name);

  /** `ask` is given what the login handed out, and what another one did. */
  const signedIn = (
    about: string,
    ask: (here: TestApp, own: Held, other: Held) => Promise<Answer>,
    {
      own = async (first) => first,
      ...rest
    }: Pick<Flow, 'again'> &
      Partial<Flow> & {
        /** What has been done with the tokens since. */
        own?: (first: Held) => Promise<Held>;
      },
  ): Flow => ({
    name: about,
    contract,
    stage: async () => {
      const person = await addUser();
      const [first, other] = [
        held(await at(createTestApp()).login(person)),
        held(await at(createTestApp()).login(person)),
      ];
      const mine = await own(first);
      return { person, ask: (here) => ask(here, mine, other) };
    },
    ...rest,
  });

  const rotated = async ({ refresh }: Held) => held(await at(createTestApp()).refresh(refresh));
  const loggedOut = contract.responses.loggedOut.render().status;
  const sessionOf = ({ access }: Held) =>
    (
      JSON.parse(atob(access.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as {
        sid: string;
      }
    ).sid;

  const flows = [
    signedIn('a refresh', (here, { refresh }) => at(here).refresh(refresh), { again: 200 }),
    signedIn('a refresh with the token before', (here, { refresh }) => at(here).refresh(refresh), {
      own: async (first) => {
        await rotated(first);
        return first;
      },
      again: 200,
    }),
    signedIn(
      'two refreshes at once',
      async (here, { refresh }) => {
        const both = await Promise.all([at(here).refresh(refresh), at(here).refresh(refresh)]);
        return both.find(({ status }) => status !== 200) ?? both[0];
      },
      // A token half a minute later than its successor is one too late (flows/refresh.ts).
      { again: 200, spared: ['arrives late'] },
    ),
    signedIn(
      'a refresh with a token used before',
      (here, { refresh }) => at(here).refresh(refresh),
      {
        own: async (first) => {
          await rotated(await rotated(first));
          return first;
        },
        again: 401,
      },
    ),
    signedIn('a logout', (here, { access }) => at(here).logout(access), { again: loggedOut }),
    signedIn('a logout everywhere', (here, { access }) => at(here).logoutAll(access), {
      again: 401,
      isGone: true,
    }),
    signedIn('a look at the sessions', (here, { access }) => at(here).sessions(access), {
      again: 200,
    }),
    signedIn('a look at the profile', (here, { access }) => at(here).profile(access), {
      again: 200,
    }),
    signedIn(
      'the end of another session',
      (here, { access }, other) => at(here).endSession(access, sessionOf(other)),
      { again: 404, isGone: true },
    ),
    signedIn(
      'the end of a session that there is not',
      (here, { access }) => at(here).endSession(access, crypto.randomUUID()),
      { again: 404 },
    ),
  ];
  holdFlows(flows, name === 'email-cookie' ? faults : mainFaults);
});
