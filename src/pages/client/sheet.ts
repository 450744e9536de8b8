/** What the server says to this script, and the few elements that most pages have. */
import type { Sheet } from '../sheet.ts';
import { readItem, removeItem, writeItem } from './storage.ts';

export const sheet = JSON.parse(document.body.dataset['sheet'] ?? 'null') as Sheet;
export const { shape, words } = sheet;

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
export const pageAt = (path: string): string => `${sheet.prefix}${path}${location.search}`;
