/**
 * Keeps this browser signed in. With a refresh cookie the access token is in memory alone;
 * otherwise the tokens are in this tab's storage, or in the browser's where the user asked to be
 * remembered. When a session ends in one tab, the others check theirs.
 */
import { textAt } from '../json-path.ts';
import type { ContractDescriptor } from '../page-data.ts';
import { call, type Answer } from './call.ts';
import { contract, pageData } from './page-data.ts';
import { openChannel, readItem, removeItem, writeItem, type Area } from './storage.ts';

interface Tokens {
  access: string;
  refresh: string | null;
}

const KEY = `gatehouse:tokens:${contract.name}`;
const inCookie = contract.refresh?.in === 'cookie';
let memory: Tokens | null = null;

const tabs = openChannel(`gatehouse:${contract.name}`);

export function whenSessionEndsElsewhere(act: () => void): void {
  tabs?.addEventListener('message', act);
}

/** Where this tab's tokens are; a tab's own come before the browser's. */
const areaInUse = (): Area =>
  readItem('sessionStorage', KEY) === null ? 'localStorage' : 'sessionStorage';

function read(): Tokens | null {
  if (memory !== null) return memory;
  try {
    return JSON.parse(readItem(areaInUse(), KEY) ?? 'null') as Tokens | null;
  } catch {
    return null;
  }
}

/** False: the browser would not hold a session until the next page. */
export function canKeepSession(): boolean {
  if (inCookie) return navigator.cookieEnabled;
  const probe = `${KEY}:probe`;
  const kept = writeItem('sessionStorage', probe, '') && writeItem('localStorage', probe, '');
  for (const area of ['sessionStorage', 'localStorage'] as const) removeItem(area, probe);
  return kept;
}

/** Out of memory only: what is stored stays. */
export const forgetMemory = (): void => void (memory = null);

/** False: the answer has no token where the contract says that one is. */
function keep(answer: Answer, paths: ContractDescriptor['paths']['login'], area: Area): boolean {
  const access = textAt(answer.body, paths.access);
  if (access === null) return false;
  const tokens = { access, refresh: textAt(answer.body, paths.refresh) };
  if (inCookie || !writeItem(area, KEY, JSON.stringify(tokens))) memory = tokens;
  return true;
}

/** Takes the place of whoever was signed in; false as for `keep`. */
export function keepLogin(answer: Answer, remember: boolean): boolean {
  for (const area of ['sessionStorage', 'localStorage'] as const) removeItem(area, KEY);
  return keep(answer, contract.paths.login, remember ? 'localStorage' : 'sessionStorage');
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
  const { refresh, paths } = contract;
  if (refresh === null || paths.refresh === null) return 'out';
  let body = {};
  if (refresh.in === 'body') {
    const token = read()?.refresh ?? null;
    if (token === null) return 'out';
    body = { [refresh.field]: token };
  }
  const answer = await call(pageData.paths.refresh, { method: 'POST', body });
  if (answer === null || answer.status >= 500) return null;
  return answer.ok && keep(answer, paths.refresh, areaInUse()) ? 'done' : 'out';
}

/** False: the server has not heard of it, and the session goes on. */
export async function signOut(everywhere: boolean): Promise<boolean> {
  const answer = await asUser(pageData.paths[everywhere ? 'logout-all' : 'logout'], 'POST');
  return answer === 'out' || (answer?.ok ?? false);
}

/** Forgets the session. A tab that had none has ended none, and tells the others nothing. */
export function leave(): void {
  const hadSession = read() !== null;
  memory = null;
  removeItem(areaInUse(), KEY);
  if (hadSession) tabs?.postMessage('ended');
}
