/** Accounts as anybody gets one: registered, and proven with the code from the mailbox. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fire, fireOne } from './volley.ts';
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

export async function register(origin: string, people: readonly Person[]): Promise<void> {
  const answers = await fire(
    origin,
    people.map((person) => post(registrar, 'register', { body: person })),
  );
  const failed = answers.find(({ status }) => status !== 202);
  if (failed) throw new Error(`registering: ${failed.status} ${failed.text}`);
}

/** One for each part that is to be played. */
export async function cast<Part extends string>(
  origin: string,
  parts: readonly Part[],
): Promise<Record<Part, Person>> {
  const people = await newcomers(origin, parts.length);
  const played = parts.map((part, n) => [part, people[n]] as const);
  return Object.fromEntries(played) as Record<Part, Person>;
}

export async function newcomers(origin: string, amount: number): Promise<Person[]> {
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

export const codeFor = (origin: string, address: string) =>
  inLetterTo(origin, address, /\b(\d{6})<\/code>/);

export const linkTokenFor = (origin: string, address: string) =>
  inLetterTo(origin, address, /#token=([\w-]+)/);

/** Waits for it: letters are written after the answer. */
async function inLetterTo(origin: string, address: string, what: RegExp): Promise<string> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (Date.now() < deadlineMs) {
    const { status, text } = await fireOne(origin, {
      method: 'GET',
      path: '/dev/mail',
      headers: {},
      body: '',
    });
    if (status !== 200) throw new Error(`${origin}/dev/mail: ${status}; is this npm start's?`);
    const letter = text
      .split('<article')
      .find((article) => article.includes(` ${address} `) && what.test(article));
    const found = letter === undefined ? undefined : what.exec(letter)?.[1];
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`no letter to ${address}`);
}
