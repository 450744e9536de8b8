/** Accounts as anybody gets one: registered, and proven with the code from the mailbox. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fire, fireOne } from './burst.ts';
import { contractWith, post, told, type Person } from './wire.ts';

/** The page keeps the last fifty letters. */
const AT_ONCE = 16;
const PATIENCE_MS = 30_000;

/** One that takes a username gives the account both names. */
export const registrar = contractWith(({ account }) => account.identifier === 'username');

let made = 0;
const run = randomBytes(4).toString('hex');

export function invent(): Person {
  made += 1;
  return {
    username: `racer-${run}-${made}`,
    email: `racer-${run}-${made}@example.com`,
    password: randomBytes(12).toString('base64url'),
  };
}

/** Answers the handles of the registrations. */
export async function register(origin: string, people: readonly Person[]): Promise<string[]> {
  const answers = await fire(
    origin,
    people.map((person) => post(registrar, 'register', { body: person })),
  );
  const failed = answers.find(({ status }) => status !== 202);
  if (failed) throw new Error(`registering: ${failed.status} ${failed.text}`);
  return answers.map(({ text }) => /"registration":"([^"]+)"/.exec(text)?.[1] ?? '');
}

/** One for each part that is to be played. */
export async function createUsers<Part extends string>(
  origin: string,
  parts: readonly Part[],
): Promise<Record<Part, Person>> {
  const people = await newUsers(origin, parts.length);
  const played = parts.map((part, n) => [part, people[n]] as const);
  return Object.fromEntries(played) as Record<Part, Person>;
}

export async function newUsers(origin: string, amount: number): Promise<Person[]> {
  const people = Array.from({ length: amount }, invent);
  for (let from = 0; from < amount; from += AT_ONCE) {
    const some = people.slice(from, from + AT_ONCE);
    await register(origin, some);
    const proofs = [];
    for (const person of some) {
      const code = await codeFor(origin, person.email);
      proofs.push(post(registrar, 'verify-email', { body: { ...person, code } }));
    }
    const answers = await fire(origin, proofs);
    const failed = answers.find((answer) => told(registrar, answer) !== 'granted');
    if (failed) throw new Error(`verifying: ${failed.status} ${failed.text}`);
  }
  return people;
}

interface Wanted {
  address: string;
  what: RegExp;
  /** Those of the letters before. */
  seen: readonly string[];
}

export const codeFor = (origin: string, address: string, seen: readonly string[] = []) =>
  inLetterTo(origin, { address, what: /\b(\d{6})<\/code>/, seen });

export const linkTokenFor = (origin: string, address: string, seen: readonly string[] = []) =>
  inLetterTo(origin, { address, what: /#token=([\w-]+)/, seen });

/** Waits for it: letters are written after the answer. */
async function inLetterTo(origin: string, { address, what, seen }: Wanted): Promise<string> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (Date.now() < deadlineMs) {
    const { status, text } = await fireOne(origin, {
      method: 'GET',
      path: '/dev/mail',
      headers: {},
      body: '',
    });
    if (status !== 200) throw new Error(`${origin}/dev/mail: ${status}; is this npm start's?`);
    const found = text
      .split('<article')
      .filter((article) => article.includes(` ${address} `))
      .flatMap((article) => what.exec(article)?.[1] ?? [])
      .find((value) => !seen.includes(value));
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`no letter to ${address}`);
}
