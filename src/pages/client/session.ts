/**
 * Keeps this browser signed in. With a refresh cookie the access token is in memory alone;
 * otherwise the tokens are in this tab's storage, or in the browser's where the user asked to be
 * remembered. When a session ends in one tab, the others check theirs.
 */
import { textAt } from '../json-path.ts';
import type { RequestValues } from '../fill-request.ts';
import type { RequestName } from '../page-data.ts';
import { call, readRefusal, type Answer } from './call.ts';
import { contract, pageData } from './page-data.ts';
import { openChannel, readItem, removeItem, writeItem, type Area } from './storage.ts';

interface Tokens {
  access: string;
  refresh: string | null;
}

const KEY = `gatehouse:tokens:${contract.name}`;
const { hasAccessCookie, hasRefreshCookie } = contract;
const usesCookie = hasAccessCookie || hasRefreshCookie;
let inMemory: Tokens | null = null;

const tabs = openChannel(`gatehouse:${contract.name}`);

export function onSessionEndedElsewhere(listener: () => void): void {
  tabs?.addEventListener('message', listener);
}

/** Local storage: the browser may have a session in a cookie. Says nothing about whose. */
const MARK = `gatehouse:signed-in:${contract.name}`;

/** Tells whether it is worth asking for the profile: a cookie cannot be seen. */
export const hasSession = (): boolean =>
  usesCookie ? readItem('localStorage', MARK) !== null : read() !== null;

/** The storage with this tab's tokens; the tab's own comes before the browser's. */
const storageInUse = (): Area =>
  readItem('sessionStorage', KEY) === null ? 'localStorage' : 'sessionStorage';

function read(): Tokens | null {
  if (inMemory !== null) return inMemory;
  try {
    return JSON.parse(readItem(storageInUse(), KEY) ?? 'null') as Tokens | null;
  } catch {
    return null;
  }
}

/** Returns whether the browser would keep a session until the next page. */
export function canKeepSession(): boolean {
  if (usesCookie) return navigator.cookieEnabled;
  const probe = `${KEY}:probe`;
  const kept = writeItem('sessionStorage', probe, '') && writeItem('localStorage', probe, '');
  for (const area of ['sessionStorage', 'localStorage'] as const) removeItem(area, probe);
  return kept;
}

/** Forgets the tokens in memory; storage stays as it is. */
export const forgetMemory = (): void => void (inMemory = null);

/** Returns false where the answer has no token at the contract's path. */
function storeTokens({ body }: Answer, area: Area): boolean {
  const { access: path, refresh } = contract.paths.tokens;
  const access = hasAccessCookie ? '' : textAt(body, path);
  if (access === null) return false;
  const tokens = { access, refresh: textAt(body, refresh) };
  if (usesCookie || !writeItem(area, KEY, JSON.stringify(tokens))) inMemory = tokens;
  if (usesCookie) writeItem('localStorage', MARK, '');
  return true;
}

/** Tells whether a registration has signed in at once. */
export const hasTokens = ({ body }: Answer): boolean =>
  textAt(body, contract.paths.tokens.access) !== null;

/** Replaces the session of this browser; returns false as `storeTokens` does. */
export function storeLogin(answer: Answer, remember: boolean): boolean {
  for (const area of ['sessionStorage', 'localStorage'] as const) removeItem(area, KEY);
  return storeTokens(answer, remember ? 'localStorage' : 'sessionStorage');
}

/** Calls with the access token, renewed if need be. `out`: not signed in; null: no answer. */
export const callSignedIn = (
  name: RequestName,
  values: RequestValues = {},
): Promise<Answer | 'out' | null> => sendSignedIn((tokens) => call(name, { ...values, ...tokens }));

/** The same for a request of any kind. */
export async function sendSignedIn(
  sendWith: (tokens: RequestValues) => Promise<Answer | null>,
): Promise<Answer | 'out' | null> {
  const send = () => sendWith(tokenValues());
  if (read() !== null || hasAccessCookie) {
    const answer = await send();
    if (answer === null || !isUnauthenticated(answer)) return answer;
  }
  const renewed = await renew();
  if (renewed !== 'done') return renewed;
  const answer = await send();
  return answer !== null && isUnauthenticated(answer) ? 'out' : answer;
}

function tokenValues(): RequestValues {
  const tokens = read();
  return { accessToken: tokens?.access ?? null, refreshToken: tokens?.refresh ?? null };
}

/** A 401 for anything else, such as a wrong current password, has no such header. */
const isUnauthenticated = (answer: Answer): boolean =>
  answer.status === 401
    ? answer.headers.has('WWW-Authenticate')
    : !answer.ok && readRefusal(answer, ['unauthenticated']).reason === 'unauthenticated';

let renewing: Promise<'done' | 'out' | null> | null = null;

/** One renewal at a time, since each refresh token is good once. */
function renew(): Promise<'done' | 'out' | null> {
  renewing ??= renewOnce().finally(() => (renewing = null));
  return renewing;
}

async function renewOnce(): Promise<'done' | 'out' | null> {
  const values = tokenValues();
  if (pageData.requests.refresh === null) return 'out';
  if (!hasRefreshCookie && values['refreshToken'] === null) return 'out';
  const answer = await call('refresh', values);
  // Refused for now: the session goes on.
  if (answer === null || answer.status >= 500 || answer.status === 429) return null;
  return answer.ok && storeTokens(answer, storageInUse()) ? 'done' : 'out';
}

/** Returns false where the server was not reached, so that the session goes on. */
export async function signOut(everywhere: boolean): Promise<boolean> {
  const answer = await callSignedIn(everywhere ? 'logout-all' : 'logout');
  return answer === 'out' || (answer?.ok ?? false);
}

/** Forgets the session, and tells other tabs where there was one. */
export function forgetSession(): void {
  const hadSession = read() !== null;
  inMemory = null;
  removeItem('localStorage', MARK);
  removeItem(storageInUse(), KEY);
  if (hadSession) tabs?.postMessage('ended');
}
