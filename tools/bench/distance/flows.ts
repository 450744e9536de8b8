/** The flows whose way is counted and timed: each with what must have happened before it. */
import type { Caller } from './caller.ts';
import { PASSWORD } from '../server.ts';

export interface Ask {
  path: string;
  method?: 'GET' | 'DELETE';
  body?: object;
  token?: string;
  cookie?: string;
  /** One of its own where absent. */
  address?: string;
  status: number;
}

/** What is done first crosses no network; what it returns is what is counted and timed. */
type Flow = (caller: Caller) => Promise<Ask> | Ask;

const COOKIE = '/email-cookie/api/v1/auth';
const REMEMBER = '/email-remember/api/v1/auth';
const OTHER = 'some other words';
const DONE = { status: 204 };

const login = (email: string, password = PASSWORD): Ask => ({
  path: `${COOKIE}/login`,
  body: { email, password },
  status: 200,
});

const post = (path: string, body: object, given: Partial<Ask> = {}): Ask => ({
  path: `${COOKIE}/${path}`,
  body,
  status: 200,
  ...given,
});

async function signedIn(caller: Caller) {
  const email = caller.user();
  return { email, ...(await caller.signIn(login(email))) };
}

const limited = (times: number) => async (caller: Caller) => {
  const address = caller.address();
  const ask = { ...login(caller.nobody()), path: `${REMEMBER}/login`, address };
  await caller.send({ ...ask, status: 401 });
  for (let n = 0; n < times; n += 1) await caller.send({ ...ask, status: 429 });
  return { ...ask, status: 429 };
};

const registered = async (caller: Caller) => {
  const email = caller.nobody();
  await caller.send(post('register', { email, password: OTHER }, { status: 202 }));
  return { email, password: OTHER };
};

export const flows: Record<string, Flow> = {
  'login, right': (caller) => login(caller.user()),
  'login, right, email-remember': (caller) => ({
    ...login(caller.user()),
    path: `${REMEMBER}/login`,
  }),
  'login, wrong password': (caller) => ({ ...login(caller.user(), OTHER), status: 401 }),
  'login, unknown name': (caller) => ({ ...login(caller.nobody()), status: 401 }),
  'account locked': async (caller) => {
    const email = caller.nobody();
    for (let n = 0; n < 5; n += 1) await caller.send({ ...login(email), status: 401 });
    return { ...login(email), status: 429 };
  },
  'address limited, first': limited(0),
  'address limited, remembered': limited(1),
  refresh: async (caller) => ({
    ...post('refresh', {}),
    cookie: (await signedIn(caller)).cookie,
  }),
  profile: async (caller) => ({
    path: '/email-cookie/api/v1/profile',
    method: 'GET',
    token: (await signedIn(caller)).token,
    status: 200,
  }),
  sessions: async (caller) => ({
    path: `${COOKIE}/sessions`,
    method: 'GET',
    token: (await signedIn(caller)).token,
    status: 200,
  }),
  'end a session': async (caller) => {
    const { token, session } = await signedIn(caller);
    return { path: `${COOKIE}/sessions/${session}`, method: 'DELETE', token, ...DONE };
  },
  logout: async (caller) => post('logout', {}, { ...(await signedIn(caller)), ...DONE }),
  register: (caller) =>
    post('register', { email: caller.nobody(), password: OTHER }, { status: 202 }),
  'verify-email': async (caller) => {
    const who = await registered(caller);
    return post('verify-email', { ...who, code: caller.codeTo(who.email) }, DONE);
  },
  'forgot-password': (caller) => post('forgot-password', { email: caller.user() }, { status: 202 }),
  'reset-password': async (caller) => {
    const email = caller.user();
    await caller.send(post('forgot-password', { email }, { status: 202 }));
    return post('reset-password', { token: caller.linkTo(email), password: OTHER }, DONE);
  },
  'change-password': async (caller) => {
    const { token } = await signedIn(caller);
    return post(
      'change-password',
      { currentPassword: PASSWORD, newPassword: OTHER },
      { token, ...DONE },
    );
  },
  'change-email': async (caller) => {
    const { token } = await signedIn(caller);
    const body = { email: caller.nobody(), password: PASSWORD };
    return post('change-email', body, { token, status: 202 });
  },
  'change-email/confirm': async (caller) => {
    const { token } = await signedIn(caller);
    const body = { email: caller.nobody(), password: PASSWORD };
    await caller.send(post('change-email', body, { token, status: 202 }));
    return post('change-email/confirm', { code: caller.codeTo(body.email) }, { token, ...DONE });
  },
  'delete-account': async (caller) => {
    const { token } = await signedIn(caller);
    return post('delete-account', { password: PASSWORD }, { token, ...DONE });
  },
};
