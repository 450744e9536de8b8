/** The flows whose calls are counted and timed, each with the requests that must come before. */
import { codeAt, valueNamed } from '../../../test/support/authenticator.ts';
import { newAuthenticator } from '../../passkey-accounts.ts';
import { PASSWORD } from '../workers.ts';
import type { Caller, TracedRequest } from './caller.ts';

/** Sends the requests that come before, without a network; returns the one that is measured. */
type Flow = (caller: Caller) => Promise<TracedRequest> | TracedRequest;

const BASE = '/email-cookie/api/v1/auth';
const REMEMBER = '/email-remember/api/v1/auth/login';
const OTHER = 'some other words';
const DONE = { status: 204 };
const ACCEPTED = { status: 202 };

const post = (path: string, body: object, rest: Partial<TracedRequest> = {}): TracedRequest => ({
  path: `${BASE}/${path}`,
  body,
  status: 200,
  ...rest,
});

const login = (email: string, rest: Partial<TracedRequest> = {}, password = PASSWORD) =>
  post('login', { email, password }, rest);

const loggedIn = (caller: Caller) => caller.logIn(login(caller.newUser()));

/** A flow of a user who is logged in: of the session, and of the token to send with the request. */
const authenticated =
  (
    request: (
      session: Awaited<ReturnType<typeof loggedIn>>,
      caller: Caller,
    ) => Promise<TracedRequest> | TracedRequest,
  ): Flow =>
  async (caller) => {
    const session = await loggedIn(caller);
    return { token: session.token, ...(await request(session, caller)) };
  };

const FACTOR_OWED = { status: 403 };

/** A user with an authenticator app, the app's secret, and the recovery codes. */
async function enrolled(caller: Caller) {
  const email = caller.newUser();
  const { token } = await caller.logIn(login(email));
  const enrolment = await caller.send(post('factors/totp', {}, { token }));
  const secret = valueNamed(JSON.parse(enrolment.text), 'secret') as string;
  const code = codeAt(secret);
  const confirmed = await caller.send(post('factors/totp/confirm', { code }, { token }));
  const codes = valueNamed(JSON.parse(confirmed.text), 'recoveryCodes') as string[];
  return { email, secret, codes };
}

const NEXT_STEP_MS = 30_000;

/** The second request of a login. The enrolling code is used up: the app's next one is good already. */
const secondFactor =
  (codeOf: (user: { secret: string; codes: string[] }) => string, status: number): Flow =>
  async (caller) => {
    const user = await enrolled(caller);
    const owed = await caller.send(login(user.email, FACTOR_OWED));
    const challenge = valueNamed(JSON.parse(owed.text), 'challenge') as string;
    return post('login/second-factor', { challenge, code: codeOf(user) }, { status });
  };

const publicKeyIn = <Options>({ text }: { text: string }) =>
  (JSON.parse(text) as { publicKey: Options }).publicKey;

/** A user with a passkey, its authenticator, and the token of the session that has added it. */
async function withPasskey(caller: Caller) {
  const authenticator = newAuthenticator();
  const { token } = await caller.logIn(login(caller.newUser()));
  const options = await caller.send(post('passkeys/options', {}, { token }));
  const credential = await authenticator.create(publicKeyIn(options));
  await caller.send(post('passkeys', { credential }, { token }));
  return { authenticator, token };
}

const passkeyLogin =
  (changed: { origin?: string }, status: number): Flow =>
  async (caller) => {
    const { authenticator } = await withPasskey(caller);
    const options = await caller.send(post('passkeys/login/options', {}));
    const credential = await authenticator.get(publicKeyIn(options), changed);
    return post('passkeys/login', { credential }, { status });
  };

const get = (path: string): TracedRequest => ({ path, method: 'GET', status: 200 });

const limited =
  (refusals: number): Flow =>
  async (caller) => {
    const request = {
      ...login(caller.unknown()),
      path: REMEMBER,
      address: caller.newAddress(),
      status: 429,
    };
    await caller.send({ ...request, status: 401 });
    for (let n = 0; n < refusals; n += 1) await caller.send(request);
    return request;
  };

export const flows: Record<string, Flow> = {
  'login, right': (caller) => login(caller.newUser()),
  'login, right, email-remember': (caller) => login(caller.newUser(), { path: REMEMBER }),
  'login, second factor owed': async (caller) => login((await enrolled(caller)).email, FACTOR_OWED),
  'second factor, right code': secondFactor(
    ({ secret }) => codeAt(secret, Date.now() + NEXT_STEP_MS),
    200,
  ),
  'second factor, recovery code': secondFactor(({ codes: [code = ''] }) => code, 200),
  'second factor, wrong code': secondFactor(() => '000000', 401),
  'sign in with a passkey': passkeyLogin({}, 200),
  'sign in with a passkey, refused': passkeyLogin({ origin: 'https://attacker.example' }, 401),
  'options of a passkey sign-in': () => post('passkeys/login/options', {}),
  'options of a new passkey, the second': async (caller) =>
    post('passkeys/options', {}, { token: (await withPasskey(caller)).token }),
  'add a passkey': async (caller) => {
    const { token } = await withPasskey(caller);
    const options = await caller.send(post('passkeys/options', {}, { token }));
    const credential = await newAuthenticator().create(publicKeyIn(options));
    return post('passkeys', { credential }, { token });
  },
  'login, wrong password': (caller) => login(caller.newUser(), { status: 401 }, OTHER),
  'login, unknown name': (caller) => login(caller.unknown(), { status: 401 }),
  'account locked': async (caller) => {
    const email = caller.unknown();
    for (let n = 0; n < 5; n += 1) await caller.send(login(email, { status: 401 }));
    return login(email, { status: 429 });
  },
  'address limited, first': limited(0),
  'address limited, remembered': limited(1),
  refresh: async (caller) => post('refresh', {}, { cookie: (await loggedIn(caller)).cookie }),
  profile: authenticated(() => get('/email-cookie/api/v1/profile')),
  sessions: authenticated(() => get(`${BASE}/sessions`)),
  'end a session': authenticated(({ session }) => ({
    path: `${BASE}/sessions/${session}`,
    method: 'DELETE',
    ...DONE,
  })),
  logout: authenticated(({ cookie }) => post('logout', {}, { cookie, ...DONE })),
  register: (caller) => post('register', { email: caller.unknown(), password: OTHER }, ACCEPTED),
  'verify-email': async (caller) => {
    const registered = { email: caller.unknown(), password: OTHER };
    await caller.send(post('register', registered, ACCEPTED));
    return post('verify-email', { ...registered, code: caller.codeTo(registered.email) }, DONE);
  },
  'forgot-password': (caller) => post('forgot-password', { email: caller.newUser() }, ACCEPTED),
  'reset-password': async (caller) => {
    const email = caller.newUser();
    await caller.send(post('forgot-password', { email }, ACCEPTED));
    return post('reset-password', { token: caller.linkTo(email), password: OTHER }, DONE);
  },
  'change-password': authenticated(() =>
    post('change-password', { currentPassword: PASSWORD, newPassword: OTHER }, DONE),
  ),
  'change-email': authenticated((_, caller) =>
    post('change-email', { email: caller.unknown(), password: PASSWORD }, ACCEPTED),
  ),
  'change-email/confirm': authenticated(async ({ token }, caller) => {
    const email = caller.unknown();
    await caller.send(post('change-email', { email, password: PASSWORD }, { token, ...ACCEPTED }));
    return post('change-email/confirm', { code: caller.codeTo(email) }, DONE);
  }),
  'delete-account': authenticated(() => post('delete-account', { password: PASSWORD }, DONE)),
};
