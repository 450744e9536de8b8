/**
 * Attacks sign-ins with passkeys at both products, and measures their CPU in turns: one assertion by
 * many requests at once and once more, flawed assertions, and a sign-in after many wrong passwords.
 */
import { credentialOf } from '../../../test/support/passkey-ceremonies.ts';
import {
  createAuthenticator,
  type AssertionJson,
  type PasskeyAuthenticator,
} from '../../../test/support/passkey-authenticator.ts';
import type { CreationOptions, RequestOptions } from '../../../src/flows/model/passkey.ts';
import { assertionJSON } from '../../../src/contracts/passkey-requests.ts';
import { sendAll, sendOne, type BurstAnswer, type BurstRequest } from '../../burst.ts';
import { newAuthenticator } from '../../passkey-accounts.ts';
import { cpuMs } from '../../process.ts';
import { median } from '../../statistics.ts';
import { LIMITED_CONTRACT, PASSWORD } from '../workers.ts';
import { cookiesOf, granted, request } from './requests.ts';
import { BASE_URL, copyOf, startWorkers, type Comparison } from './workers.ts';

export const PASSKEY_PRODUCTS = ['gatehouse', 'passkey'] as const;
export type PasskeyProduct = (typeof PASSKEY_PRODUCTS)[number];

/** Submissions of one assertion, and wrong passwords. */
export const AT_ONCE = 20;

export interface PasskeyFigures {
  /** Sessions that one assertion opened. */
  sessions: number;
  again: boolean;
  /** An authenticator that has not verified its user signs in. */
  unverified: boolean;
  /** Answers to an unknown credential and to a wrong signature. */
  answers: [unknown: string, wrong: string];
  password: string;
  afterWrongPasswords: boolean;
  cpu: { optionsMs: number; signInMs: number };
}

/** Options for a browser, and the cookies that it sends with its answer. */
interface Asked<Options> {
  options: Options;
  cookie: string;
}

/** The requests of a product, in its own words. */
interface Wire {
  newAuthenticator(): PasskeyAuthenticator;
  logIn(email: string, password: string): BurstRequest;
  register(email: string): Promise<PasskeyAuthenticator>;
  askOptions: () => BurstRequest;
  readOptions(answer: BurstAnswer): Asked<RequestOptions>;
  submit(assertion: AssertionJson, cookie: string): BurstRequest;
}

function gatehouse(origin: string): Wire {
  const post = (path: string, body: object, token?: string) =>
    request(
      `/${LIMITED_CONTRACT}/api/v1/auth/${path}`,
      body,
      token === undefined ? {} : { Authorization: `Bearer ${token}` },
    );
  const logIn = (email: string, password: string) => post('login', { email, password });
  const publicKeyIn = <Options>({ text }: BurstAnswer) =>
    (JSON.parse(text) as { publicKey: Options }).publicKey;
  return {
    newAuthenticator,
    logIn,
    async register(email) {
      const { text } = await granted(origin, logIn(email, PASSWORD));
      const { token } = JSON.parse(text) as { token: string };
      const asked = await granted(origin, post('passkeys/options', {}, token));
      const authenticator = newAuthenticator();
      const credential = await authenticator.create(publicKeyIn<CreationOptions>(asked));
      await granted(origin, post('passkeys', { credential }, token));
      return authenticator;
    },
    askOptions: () => post('passkeys/login/options', {}),
    readOptions: (answer) => ({ options: publicKeyIn(answer), cookie: '' }),
    submit: (assertion) =>
      post('passkeys/login', { credential: assertionJSON(credentialOf(assertion)) }),
  };
}

function betterAuth(origin: string): Wire {
  const send = (path: string, body: object | null, cookie = '') =>
    request(`/api/auth/${path}`, body, {
      Origin: BASE_URL,
      ...(cookie === '' ? {} : { Cookie: cookie }),
    });
  const logIn = (email: string, password: string) => send('sign-in/email', { email, password });
  const read = <Options>(answer: BurstAnswer): Asked<Options> => ({
    options: JSON.parse(answer.text) as Options,
    cookie: cookiesOf(answer),
  });
  const newAuthenticator = () => createAuthenticator({ origin: BASE_URL });
  return {
    newAuthenticator,
    logIn,
    async register(email) {
      const session = cookiesOf(await granted(origin, logIn(email, PASSWORD)));
      const asked = send('passkey/generate-register-options', null, session);
      const { options, cookie } = read<CreationOptions>(await granted(origin, asked));
      const authenticator = newAuthenticator();
      const response = await authenticator.create(options);
      const cookies = `${session}; ${cookie}`;
      await granted(origin, send('passkey/verify-registration', { response }, cookies));
      return authenticator;
    },
    askOptions: () => send('passkey/generate-authenticate-options', null),
    readOptions: (answer) => read(answer),
    submit: (response, cookie) => send('passkey/verify-authentication', { response }, cookie),
  };
}

const wires = { gatehouse, passkey: betterAuth };

export async function measurePasskeys(
  comparison: Comparison,
  { rounds, signIns }: { rounds: number; signIns: number },
): Promise<Record<PasskeyProduct, PasskeyFigures>> {
  const server = await startWorkers(comparison.scripts, PASSKEY_PRODUCTS, copyOf(comparison));
  try {
    const attacks = {} as Record<PasskeyProduct, Omit<PasskeyFigures, 'cpu'>>;
    const cpus = {} as Record<PasskeyProduct, { optionsMs: number; signInMs: number }[]>;
    for (const name of PASSKEY_PRODUCTS) {
      attacks[name] = await attack(server.url(name), wires[name](server.url(name)));
      cpus[name] = [];
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of PASSKEY_PRODUCTS) {
        const origin = server.url(name);
        const email = `right-${30 + round}@bench.example`;
        const cpu = await cpuOf(origin, wires[name](origin), { pid: server.pid, email, signIns });
        // The first round warms up.
        if (round > 0) cpus[name].push(cpu);
      }
    }
    const figuresOf = (name: PasskeyProduct): PasskeyFigures => ({
      ...attacks[name],
      cpu: {
        optionsMs: median(cpus[name].map(({ optionsMs }) => optionsMs)),
        signInMs: median(cpus[name].map(({ signInMs }) => signInMs)),
      },
    });
    return { gatehouse: figuresOf('gatehouse'), passkey: figuresOf('passkey') };
  } finally {
    await server.close();
  }
}

async function attack(origin: string, wire: Wire): Promise<Omit<PasskeyFigures, 'cpu'>> {
  const email = 'right-20@bench.example';
  const authenticator = await wire.register(email);
  type Changes = Parameters<PasskeyAuthenticator['get']>[1];
  const newAssertion = async (signer = authenticator, changes: Changes = {}) => {
    const { options, cookie } = wire.readOptions(await granted(origin, wire.askOptions()));
    return wire.submit(await signer.get(options, changes), cookie);
  };
  const signIn = async (signer = authenticator, changes: Changes = {}) =>
    sendOne(origin, await newAssertion(signer, changes));
  const isIn = ({ status }: BurstAnswer) => status === 200;

  const replayed = await newAssertion();
  const answers = await sendAll(
    origin,
    Array.from({ length: AT_ONCE }, () => replayed),
  );
  const again = isIn(await sendOne(origin, replayed));
  const unverified = isIn(await signIn(authenticator, { flipFlags: 4 }));
  const stranger = wire.newAuthenticator();
  const unknown = await signIn(stranger);
  const { signature } = (await stranger.get({ challenge: '', rpId: '' })).response;
  const wrong = await signIn(authenticator, { signature });
  for (let n = 0; n < AT_ONCE; n += 1) await sendOne(origin, wire.logIn(email, 'not the password'));
  const password = await sendOne(origin, wire.logIn(email, PASSWORD));
  return {
    sessions: answers.filter(isIn).length,
    again,
    unverified,
    answers: [describe(unknown), describe(wrong)],
    password: isIn(password) ? 'signs in' : String(password.status),
    afterWrongPasswords: isIn(await signIn()),
  };
}

function describe({ status, text }: BurstAnswer): string {
  const body = JSON.parse(text) as { code?: string; error?: { code: string } };
  return `${status} ${body.code ?? body.error?.code}`;
}

/** Sends one request after the other, so that no queue is part of the figures. */
async function cpuOf(
  origin: string,
  wire: Wire,
  { pid, email, signIns }: { pid: number; email: string; signIns: number },
): Promise<{ optionsMs: number; signInMs: number }> {
  const authenticator = await wire.register(email);
  const measured = async (requests: readonly BurstRequest[]) => {
    const before = cpuMs(pid);
    const answers: BurstAnswer[] = [];
    for (const each of requests) answers.push(await granted(origin, each));
    return { answers, ms: (cpuMs(pid) - before) / requests.length };
  };
  const options = await measured(Array.from({ length: signIns }, () => wire.askOptions()));
  const assertions: BurstRequest[] = [];
  for (const answer of options.answers) {
    const asked = wire.readOptions(answer);
    assertions.push(wire.submit(await authenticator.get(asked.options), asked.cookie));
  }
  const { ms } = await measured(assertions);
  return { optionsMs: options.ms, signInMs: ms };
}
