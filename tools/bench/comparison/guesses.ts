/**
 * Guesses passwords of one account in parallel, from as many addresses or from one; the right
 * password is the last guess. An answer that distinguishes right from wrong is a verdict.
 */
import { sendAll, sendOne, type BurstAnswer, type BurstRequest } from '../../burst.ts';
import { PASSWORD } from '../workers.ts';
import {
  copyOf,
  originOf,
  pathsOf,
  productNames,
  startWorkers,
  type Comparison,
  type Product,
} from './workers.ts';

export interface Guesses {
  /** The right one included. */
  verdicts: number;
  isFound: boolean;
  /** The owner's right password afterwards, from new addresses. */
  owner: { sameBrowser: boolean; newBrowser: boolean };
}

const OK = 200;
const WRONG = 401;
const REFUSED = [423, 429];

export async function measureGuesses(comparison: Comparison, amount: number) {
  const server = await startWorkers(comparison.scripts, productNames, copyOf(comparison));
  try {
    const guesses = {} as Record<Product, Record<'many' | 'one', Guesses>>;
    for (const product of productNames) {
      const attack = attackOn(server.url(product), product);
      guesses[product] = {
        many: await attack('right-1@bench.example', (n) => `10.1.${n >> 8}.${n & 255}`, amount),
        one: await attack('right-2@bench.example', () => '198.51.100.1', amount),
      };
    }
    return guesses;
  } finally {
    await server.close();
  }
}

function attackOn(origin: string, product: Product) {
  const login = (
    email: string,
    address: string,
    { password = PASSWORD, cookie = '' } = {},
  ): BurstRequest => ({
    method: 'POST',
    path: pathsOf(product).login,
    headers: {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': address,
      Origin: originOf(product, origin),
      ...(cookie === '' ? {} : { Cookie: cookie }),
    },
    body: JSON.stringify({ email, password }),
  });
  const expectStatus = ({ status }: BurstAnswer, statuses: number[]) => {
    if (!statuses.includes(status)) throw new Error(`${product} answered ${status}`);
    return status;
  };
  return async (email: string, addressOf: (n: number) => string, amount: number) => {
    const before = await sendOne(origin, login(email, '192.0.2.1'));
    expectStatus(before, [OK]);
    const requests = Array.from({ length: amount }, (_, n) =>
      login(email, addressOf(n), n === amount - 1 ? {} : { password: `guess number ${n}` }),
    );
    const answers = await sendAll(origin, requests);
    const statuses = answers.map((answer) => expectStatus(answer, [OK, WRONG, ...REFUSED]));
    const cookies = before.headers['set-cookie'] ?? [];
    const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ');
    const canLogIn = async (request: BurstRequest) =>
      expectStatus(await sendOne(origin, request), [OK, ...REFUSED]) === OK;
    return {
      verdicts: statuses.filter((status) => !REFUSED.includes(status)).length,
      isFound: statuses.includes(OK),
      owner: {
        sameBrowser: await canLogIn(login(email, '192.0.2.2', { cookie })),
        newBrowser: await canLogIn(login(email, '192.0.2.3')),
      },
    };
  };
}
