/**
 * Attacks the second factor of one account at both products: one right code by many requests at once
 * and once more, and wrong codes at once. Each request has an address of its own.
 */
import { codeAt } from '../../../test/support/authenticator.ts';
import { sendAll, sendOne, type BurstAnswer, type BurstRequest } from '../../burst.ts';
import { LIMITED_CONTRACT, PASSWORD } from '../workers.ts';
import { cookiesOf, granted, request } from './requests.ts';
import { BASE_URL, copyOf, startWorkers, type Comparison } from './workers.ts';

const STEP_MS = 30_000;
/** Sign-ins that wait for a code at once, if the product lets them. */
const HANDLES = 20;

export const FACTOR_PRODUCTS = ['gatehouse', 'two-factor'] as const;
export type FactorProduct = (typeof FACTOR_PRODUCTS)[number];

export interface FactorFigures {
  /** Sessions that one right code opened. */
  byOneHandle: number;
  byHandles: { handles: number; sessions: number };
  again: boolean;
  /** Answers that told a wrong code from a right one. */
  verdicts: { byOneHandle: number; byHandles: number };
}

/** The requests of a product, in its own words. */
interface Wire {
  signIn(email: string): BurstRequest;
  /** Reads what a second request needs; null: the sign-in was refused. */
  handleIn(answer: BurstAnswer): string | null;
  submit(handle: string, code: string): BurstRequest;
  /** Returns the authenticator app's secret. */
  enrol(email: string): Promise<string>;
  isVerdict(answer: BurstAnswer): boolean;
}

interface Body {
  token?: string;
  secret?: string;
  totpURI?: string;
  code?: string;
  error?: { code?: string; challenge?: string };
}

const bodyOf = ({ text }: BurstAnswer) => JSON.parse(text) as Body;

function gatehouse(origin: string): Wire {
  const post = (path: string, body: object, token?: string) =>
    request(
      `/${LIMITED_CONTRACT}/api/v1/auth/${path}`,
      body,
      token === undefined ? {} : { Authorization: `Bearer ${token}` },
    );
  const signIn = (email: string) => post('login', { email, password: PASSWORD });
  return {
    signIn,
    handleIn: (answer) => bodyOf(answer).error?.challenge ?? null,
    submit: (challenge, code) => post('login/second-factor', { challenge, code }),
    async enrol(email) {
      const { token } = bodyOf(await granted(origin, signIn(email)));
      const { secret = '' } = bodyOf(await granted(origin, post('factors/totp', {}, token)));
      await granted(origin, post('factors/totp/confirm', { code: codeAt(secret) }, token));
      return secret;
    },
    isVerdict: (answer) => bodyOf(answer).error?.code === 'INVALID_SECOND_FACTOR',
  };
}

function betterAuth(origin: string): Wire {
  const post = (path: string, body: object, cookie?: string) =>
    request(`/api/auth/${path}`, body, {
      Origin: BASE_URL,
      ...(cookie === undefined ? {} : { Cookie: cookie }),
    });
  const signIn = (email: string) => post('sign-in/email', { email, password: PASSWORD });
  return {
    signIn,
    handleIn: (answer) => (answer.status === 200 ? cookiesOf(answer) : null),
    submit: (cookie, code) => post('two-factor/verify-totp', { code }, cookie),
    async enrol(email) {
      const cookie = cookiesOf(await granted(origin, signIn(email)));
      const enabled = await granted(
        origin,
        post('two-factor/enable', { password: PASSWORD }, cookie),
      );
      const secret = new URL(bodyOf(enabled).totpURI ?? '').searchParams.get('secret') ?? '';
      const code = codeAt(secret.replaceAll('=', ''));
      await granted(origin, post('two-factor/verify-totp', { code }, cookie));
      return secret.replaceAll('=', '');
    },
    isVerdict: (answer) => bodyOf(answer).code === 'INVALID_CODE',
  };
}

const wires = { gatehouse, 'two-factor': betterAuth };

export async function measureFactors(
  comparison: Comparison,
  amount: number,
): Promise<Record<FactorProduct, FactorFigures>> {
  const server = await startWorkers(comparison.scripts, FACTOR_PRODUCTS, copyOf(comparison));
  try {
    const figures = {} as Record<FactorProduct, FactorFigures>;
    for (const name of FACTOR_PRODUCTS) {
      const origin = server.url(name);
      figures[name] = await attack(origin, wires[name](origin), amount);
    }
    return figures;
  } finally {
    await server.close();
  }
}

async function attack(origin: string, wire: Wire, amount: number): Promise<FactorFigures> {
  let users = 10;
  const enrolled = async () => {
    const email = `right-${(users += 1)}@bench.example`;
    const secret = await wire.enrol(email);
    // The enrolling code may be used up: the app's next one, which is good already.
    return { email, code: codeAt(secret, Date.now() + STEP_MS) };
  };
  const handlesOf = async (email: string, most: number) => {
    const handles: string[] = [];
    for (let n = 0; n < most; n += 1) {
      const handle = wire.handleIn(await sendOne(origin, wire.signIn(email)));
      if (handle === null) break;
      handles.push(handle);
    }
    return handles;
  };
  const send = async (handles: readonly string[], codeOf: (n: number) => string) => {
    const requests = Array.from({ length: amount }, (_, n) =>
      wire.submit(handles[n % handles.length] ?? '', codeOf(n)),
    );
    const answers = await sendAll(origin, requests);
    const unanswered = answers.filter(({ isComplete }) => !isComplete).length;
    if (unanswered > 0) throw new Error(`${unanswered} of ${amount} codes were not answered`);
    return {
      sessions: answers.filter(({ status }) => status === 200).length,
      verdicts: answers.filter((answer) => wire.isVerdict(answer)).length,
    };
  };
  const wrong = (right: string) => (n: number) =>
    String((Number(right) + 1000 + n) % 1_000_000).padStart(6, '0');

  const one = await enrolled();
  const byOneHandle = await send(await handlesOf(one.email, 1), () => one.code);
  const [later = ''] = await handlesOf(one.email, 1);
  const again = await sendOne(origin, wire.submit(later, one.code));
  const two = await enrolled();
  const handles = await handlesOf(two.email, HANDLES);
  const byHandles = await send(handles, () => two.code);
  const three = await enrolled();
  const guessedOne = await send(await handlesOf(three.email, 1), wrong(three.code));
  const four = await enrolled();
  const guessed = await send(await handlesOf(four.email, HANDLES), wrong(four.code));
  return {
    byOneHandle: byOneHandle.sessions,
    byHandles: { handles: handles.length, sessions: byHandles.sessions },
    again: again.status === 200,
    verdicts: { byOneHandle: guessedOne.verdicts, byHandles: guessed.verdicts },
  };
}
