/**
 * A thousand guesses at one account at once, from as many addresses or from one. The right password
 * is the last of them. An answer that tells right from wrong is a verdict.
 */
import { Agent, request } from 'node:http';
import { PASSWORD } from '../server.ts';
import { startPeers, type PeersBuilt } from './server.ts';
import { bodyOf, headers, originOf, pathsOf, subjectNames, type Subject } from './subjects.ts';

export interface Guesses {
  /** Answers that told wrong from right, the right one included. */
  verdicts: number;
  found: boolean;
  /** What the owner is answered right after, from an address of their own. */
  owner: { sameBrowser: number; newBrowser: number };
}

export type From = 'many' | 'one';

const RIGHT = 200;
const WRONG = 401;
const REFUSED = [423, 429];

interface GuessesOptions {
  built: PeersBuilt;
  furnished: string;
  amount: number;
}

export async function measureGuesses({ built, furnished, amount }: GuessesOptions) {
  const house = await startPeers({ built, inhabitants: subjectNames, from: furnished });
  try {
    const found = {} as Record<Subject, Record<From, Guesses>>;
    for (const subject of subjectNames) {
      const url = house.url(subject) + pathsOf(subject).login;
      const door = { url, origin: originOf(subject, url) };
      found[subject] = {
        many: await attack({ door, email: 'right-1@bench.example', amount, from: 'many' }),
        one: await attack({ door, email: 'right-2@bench.example', amount, from: 'one' }),
      };
    }
    return found;
  } finally {
    await house.close();
  }
}

interface Door {
  url: string;
  origin: string;
}

interface Attack {
  door: Door;
  email: string;
  amount: number;
  from: From;
}

async function attack({ door, email, amount, from }: Attack): Promise<Guesses> {
  const before = await send(door, { body: bodyOf(email), address: '192.0.2.1' });
  expect(before, [RIGHT]);
  const answers = await Promise.all(
    Array.from({ length: amount }, (_, n) => {
      const password = n === amount - 1 ? PASSWORD : `guess number ${n}`;
      const address = from === 'one' ? '198.51.100.1' : `10.1.${n >> 8}.${n & 255}`;
      return send(door, { body: bodyOf(email, password), address });
    }),
  );
  for (const answer of answers) expect(answer, [RIGHT, WRONG, ...REFUSED]);
  const { cookie } = before;
  const same = await send(door, { body: bodyOf(email), address: '192.0.2.2', cookie });
  const other = await send(door, { body: bodyOf(email), address: '192.0.2.3' });
  for (const answer of [same, other]) expect(answer, [RIGHT, ...REFUSED]);
  return {
    verdicts: answers.filter(({ status }) => !REFUSED.includes(status)).length,
    found: answers.some(({ status }) => status === RIGHT),
    owner: { sameBrowser: same.status, newBrowser: other.status },
  };
}

interface Sent {
  body: string;
  address: string;
  cookie?: string;
}

interface Answer {
  status: number;
  cookie: string;
  from: string;
}

function expect({ status, from }: Answer, among: number[]): void {
  if (!among.includes(status)) throw new Error(`${from} answered ${status}`);
}

/** All at once, each on a connection of its own. */
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

function send({ url, origin }: Door, { body, address, cookie }: Sent): Promise<Answer> {
  const own = {
    Origin: origin,
    'CF-Connecting-IP': address,
    ...(cookie ? { Cookie: cookie } : {}),
  };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers: { ...headers, ...own } }, (response) => {
      const set = response.headers['set-cookie'] ?? [];
      const kept = set.map((line) => line.split(';', 1)[0]).join('; ');
      response.resume().once('end', () => {
        resolve({ status: response.statusCode ?? 0, cookie: kept, from: url });
      });
    })
      .once('error', reject)
      .end(body);
  });
}
