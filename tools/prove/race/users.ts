/** Accounts as anyone gets one: registered, and verified with the code from the mailbox. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAll, sendOne } from '../../burst.ts';
import {
  ask,
  contractWith,
  identifierOf,
  outcomesOf,
  registration,
  type Attempt,
  type Person,
} from './wire.ts';

/** The page of local e-mails shows the last fifty. */
const BATCH = 16;
const PATIENCE_MS = 30_000;

/** A contract that takes a username gives the account both names. */
export const registrar = contractWith(({ identifier }) => identifier === 'username');

let users = 0;
const run = randomBytes(4).toString('hex');

export function newPerson(): Person {
  users += 1;
  const username = `racer-${run}-${users}`;
  const password = randomBytes(12).toString('base64url');
  return { username, email: `${username}@example.com`, password };
}

export const verifyEmail = (person: Person, code: string, handle: string | null = null): Attempt =>
  ask(registrar, 'verify-email', {
    input: {
      identifier: identifierOf(registrar, person),
      password: person.password,
      code,
      handle,
    },
  });

/** Returns the handles of the registrations. */
export async function register(origin: string, users: readonly Person[]): Promise<string[]> {
  const answers = await sendAll(
    origin,
    users.map((person) => registration(registrar, person)),
  );
  return answers.map(({ status, text }) => {
    if (status !== 202) throw new Error(`register answered ${status} ${text}`);
    return /"registration":"([^"]+)"/.exec(text)?.[1] ?? '';
  });
}

/** An account for each name of a part in an attack. */
export async function createUsers<Part extends string>(
  origin: string,
  ...parts: readonly Part[]
): Promise<Record<Part, Person>> {
  const users = await newUsers(origin, parts.length);
  return Object.fromEntries(parts.map((part, n) => [part, users[n]])) as Record<Part, Person>;
}

export async function newUsers(origin: string, amount: number): Promise<Person[]> {
  const users = Array.from({ length: amount }, newPerson);
  for (let from = 0; from < amount; from += BATCH) {
    const batch = users.slice(from, from + BATCH);
    await register(origin, batch);
    const proofs = [];
    for (const person of batch)
      proofs.push(verifyEmail(person, await codeFor(origin, person.email)));
    const outcomes = await outcomesOf(origin, proofs);
    const failed = outcomes.find((outcome) => outcome !== 'granted');
    if (failed) throw new Error(`verify-email answered ${failed}`);
  }
  return users;
}

/** `seen`: codes or tokens of earlier e-mails, which are skipped. */
export const codeFor = (origin: string, address: string, seen: readonly string[] = []) =>
  inMailTo(origin, { address, pattern: /\b(\d{6})<\/code>/, seen });

export const linkTokenFor = (origin: string, address: string, seen: readonly string[] = []) =>
  inMailTo(origin, { address, pattern: /#token=([\w-]+)/, seen });

/** Polls the page of local e-mails: they are sent after the response. */
async function inMailTo(
  origin: string,
  { address, pattern, seen }: { address: string; pattern: RegExp; seen: readonly string[] },
): Promise<string> {
  const page = { method: 'GET', path: '/dev/mail', headers: {}, body: '' } as const;
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (Date.now() < deadlineMs) {
    const { status, text } = await sendOne(origin, page);
    if (status !== 200) throw new Error(`${origin}/dev/mail: ${status}; is this npm start's?`);
    const found = text
      .split('<article')
      .filter((article) => article.includes(` ${address} `))
      .flatMap((article) => pattern.exec(article)?.[1] ?? [])
      .find((value) => !seen.includes(value));
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`no e-mail to ${address}`);
}
