/** What the server says to this script, and the few elements that most pages have. */
import type { PageData } from '../page-data.ts';
import { readItem, removeItem, writeItem } from './storage.ts';

export const pageData = JSON.parse(document.body.dataset['page'] ?? 'null') as PageData;
export const { contract, words } = pageData;

/** An element that the page is known to have. */
export function part<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

export const input = (id: string): HTMLInputElement => part<HTMLInputElement>(id);

export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

/** For the next page of this tab only: who someone said they are, never a password. */
const WHO = 'gatehouse:who';
/** Their address is not verified, and no code has been asked for. */
const NEEDS_CODE = 'gatehouse:needs-code';

export function handOver(identifier: string, needsCode = false): void {
  writeItem('sessionStorage', WHO, identifier);
  if (needsCode) writeItem('sessionStorage', NEEDS_CODE, 'yes');
}

export const handedOver = (): string => take(WHO) ?? '';
export const needsCode = (): boolean => take(NEEDS_CODE) !== null;

function take(key: string): string | null {
  const value = readItem('sessionStorage', key);
  removeItem('sessionStorage', key);
  return value;
}

export const goTo = (path: string): void => location.replace(path);
/** Where the visitor wanted to go goes along. */
export const pageAt = (path: string): string => `${pageData.prefix}${path}${location.search}`;
