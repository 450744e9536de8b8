/** The page's data from the server, and access to its elements and its neighbours. */
import type { PageData } from '../page-data.ts';
import { readItem, removeItem, writeItem } from './storage.ts';

export const pageData = JSON.parse(document.body.dataset['page'] ?? 'null') as PageData;
export const { contract, messages } = pageData;
/** The deployment offers passkeys, and the browser knows them. */
export const canUsePasskeys = pageData.offersPasskeys && 'PublicKeyCredential' in globalThis;

/** Finds an element; throws where the page lacks it. */
export function elementById<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

export const inputById = (id: string): HTMLInputElement => elementById<HTMLInputElement>(id);

export function fillTemplate(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

/** Session storage: the identifier for the next page of this tab, never a password. */
const IDENTIFIER = 'gatehouse:identifier';
/** Session storage: the address is not verified, and no code has been requested. */
const NEEDS_CODE = 'gatehouse:needs-code';

export function passIdentifier(identifier: string, needsCode = false): void {
  writeItem('sessionStorage', IDENTIFIER, identifier);
  if (needsCode) writeItem('sessionStorage', NEEDS_CODE, 'yes');
}

/** Stays for a reload, until `takeIdentifier`. */
export const passedIdentifier = (): string => readItem('sessionStorage', IDENTIFIER) ?? '';
export const takeIdentifier = (): string => take(IDENTIFIER) ?? '';
export const takeNeedsCode = (): boolean => take(NEEDS_CODE) !== null;

function take(key: string): string | null {
  const value = readItem('sessionStorage', key);
  removeItem('sessionStorage', key);
  return value;
}

export const replacePage = (path: string): void => location.replace(path);
/** Keeps the query, and with it `return_to`. */
export const linkTo = (path: string): string => `${pageData.prefix}${path}${location.search}`;
