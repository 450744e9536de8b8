/**
 * Keeps this browser signed in. With a refresh cookie the access token is in memory alone;
 * otherwise the tokens are in this tab's storage, or in the browser's where the user asked to be
 * remembered. Signing out in one tab empties the others.
 */
import type { TokenWays } from '../sheet.ts';
import { call, textAt, type Answer } from './call.ts';
import { shape, sheet } from './sheet.ts';

interface Tokens {
  access: string;
  refresh: string | null;
}

const KEY = `gatehouse:tokens:${sheet.contract}`;
const inCookie = shape.refresh?.in === 'cookie';
const stores = () => [sessionStorage, localStorage];
let memory: Tokens | null = null;

const tabs = new BroadcastChannel(`gatehouse:${sheet.contract}`);

export function whenSignedOutElsewhere(act: () => void): void {
  tabs.addEventListener('message', act);
}

function read(): Tokens | null {
  if (inCookie) return memory;
  const kept = stores()
    .map((store) => store.getItem(KEY))
    .find((text) => text !== null);
  return kept === undefined || kept === null ? null : (JSON.parse(kept) as Tokens);
}

function write(tokens: Tokens, store: Storage): void {
  if (inCookie) memory = tokens;
  else store.setItem(KEY, JSON.stringify(tokens));
}

/** Out of memory only: what is stored stays. */
export const forgetMemory = (): void => void (memory = null);

function forget(): void {
  memory = null;
  for (const store of stores()) store.removeItem(KEY);
}

/** False: the answer has no token where the contract says that one is. */
export function keep(answer: Answer, ways: TokenWays, remember: boolean): boolean {
  const access = textAt(answer.body, ways.access);
  if (access === null) return false;
  forget();
  const tokens = { access, refresh: textAt(answer.body, ways.refresh) };
  write(tokens, remember ? localStorage : sessionStorage);
  return true;
}

/** An answer for who is signed in; `out`: nobody is; null: nobody answers. */
export async function asUser(
  path: string,
  method: 'GET' | 'POST' | 'DELETE' = 'GET',
  body?: object,
): Promise<Answer | 'out' | null> {
  const send = (token: string) => call(path, { method, token, ...(body ? { body } : {}) });
  const known = read();
  if (known !== null) {
    const answer = await send(known.access);
    if (answer === null || !turnsAway(answer)) return answer;
  }
  const renewed = await renew();
  if (renewed !== 'done') return renewed;
  const answer = await send(read()?.access ?? '');
  return answer !== null && turnsAway(answer) ? 'out' : answer;
}

/** By the header, not the status: a wrong current password may be a 401 too. */
const turnsAway = ({ status, headers }: Answer): boolean =>
  status === 401 && headers.has('WWW-Authenticate');

let renewing: Promise<'done' | 'out' | null> | null = null;

/** Once at a time: a refresh token is good once. */
function renew(): Promise<'done' | 'out' | null> {
  renewing ??= renewOnce().finally(() => (renewing = null));
  return renewing;
}

async function renewOnce(): Promise<'done' | 'out' | null> {
  const { refresh, refreshed } = shape;
  if (refresh === null || refreshed === null) return 'out';
  let body = {};
  if (refresh.in === 'body') {
    const token = read()?.refresh ?? null;
    if (token === null) return 'out';
    body = { [refresh.field]: token };
  }
  const answer = await call(`${sheet.api}/refresh`, { method: 'POST', body });
  if (answer === null || answer.status >= 500) return null;
  const remembered = localStorage.getItem(KEY) !== null;
  return answer.ok && keep(answer, refreshed, remembered) ? 'done' : 'out';
}

/** True where the server knows of it; this browser forgets the tokens only then. */
export async function signOut(everywhere: boolean): Promise<boolean> {
  const answer = await asUser(`${sheet.api}/${everywhere ? 'logout-all' : 'logout'}`, 'POST');
  if (answer === null || (answer !== 'out' && !answer.ok)) return false;
  leave();
  return true;
}

export function leave(): void {
  forget();
  tabs.postMessage('out');
}
