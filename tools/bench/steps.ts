/** Makes accounts with a second factor, and the bodies of both requests of their logins. */
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { insertRows, userRow } from '../../test/fixtures/rows.ts';
import { codeAt, valueNamed } from '../../test/support/authenticator.ts';
import { enrolAccounts } from '../enrolled-accounts.ts';
import type { Server } from '../server.ts';
import { CUT_COST, LIMITED_CONTRACT, PASSWORD } from './workers.ts';

export interface WaitingLogin {
  /** Of the first request. */
  login: string;
  /** Of the second one: with the handle that the first has been answered with, and a right code. */
  proof: string;
}

const AT_ONCE = 8;
let accounts = 0;

/** Each of an account of its own, since a success ends the other steps of an account. */
export async function waitingLogins(
  server: Server,
  { amount, of }: { amount: number; of: keyof WaitingLogin },
): Promise<string[]> {
  const database = await server.database();
  const password_hash = await createPasswords(
    { cost: CUT_COST, peppers: [] },
    async () => undefined,
  ).hash(PASSWORD);
  const emails = Array.from({ length: amount }, () => `enrolled-${(accounts += 1)}@bench.example`);
  const name = 'User';
  await insertRows(
    database,
    emails.map((email) => userRow({ email, name, password_hash })),
  );
  const secrets = await enrolAccounts(database, emails);
  const bodies = emails.map((email) => JSON.stringify({ email, password: PASSWORD }));
  if (of === 'login') return bodies;
  const proofs: string[] = [];
  for (let from = 0; from < amount; from += AT_ONCE) {
    const batch = bodies.slice(from, from + AT_ONCE);
    const challenges = await Promise.all(
      batch.map((body, n) => challengeOf(server, body, accounts - amount + from + n)),
    );
    for (const [n, challenge] of challenges.entries()) {
      proofs.push(JSON.stringify({ challenge, code: codeAt(secrets[from + n] ?? '') }));
    }
  }
  return proofs;
}

async function challengeOf(server: Server, body: string, n: number): Promise<string> {
  const url = `${server.url('cut')}/${LIMITED_CONTRACT}/api/v1/auth/login`;
  const address = `172.20.${(n >> 8) & 255}.${n & 255}`;
  const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': address };
  const response = await fetch(url, { method: 'POST', headers, body });
  const challenge = valueNamed(await response.json(), 'challenge');
  if (typeof challenge === 'string') return challenge;
  throw new Error(`a login that owes a second factor was answered ${response.status}`);
}
