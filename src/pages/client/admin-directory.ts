/** The overview, and the search for users. */
import { TEXT } from '../admin-text.ts';
import type { AdminPage } from './admin.ts';
import { createElement, createFacts } from './elements.ts';
import { elementById, fillTemplate, inputById } from './page-data.ts';

export interface ShownUser {
  id: number;
  publicId: string;
  username: string | null;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  role: { id: string; name: string } | null;
  team: { id: string; name: string } | null;
  status: 'active' | 'inactive';
  secondFactor: boolean;
  passkeys: number;
  createdAt: string;
  lastLoginAt: string | null;
}

export interface ShownOperator {
  name: string;
  email: string | null;
  scope: 'read' | 'write';
}

interface BoundedCount {
  count: number;
  isComplete: boolean;
}

interface Overview extends Record<'users' | 'inactiveUsers' | 'liveSessions', BoundedCount> {
  operator: ShownOperator;
  events: { byAction: Record<string, number>; isComplete: boolean };
  metrics: Record<string, number> | null;
}

const number = new Intl.NumberFormat('en');
const counted = ({ count, isComplete }: BoundedCount) =>
  number.format(count) + (isComplete ? '' : '+');

/** The name by which an operator knows the user, and confirms a deletion. */
export const nameOf = ({ email, username, id }: ShownUser): string =>
  email ?? username ?? fillTemplate(TEXT.unnamed, { id: String(id) });

export const describe = (rows: readonly (readonly [term: string, text: string])[]): HTMLElement[] =>
  rows.flatMap(([term, text]) => [createElement('dt', term), createElement('dd', text)]);

/** Returns the operator; null: none, or none that was answered. */
export async function showDirectory(
  page: AdminPage,
  isCurrent: () => boolean,
): Promise<ShownOperator | null> {
  const overview = (await page.ask({ method: 'GET', path: '/overview' })) as Overview | null;
  if (overview === null || !isCurrent()) return null;
  const { events, metrics } = overview;
  const known = Object.entries(TEXT.metrics).flatMap(([name, text]): [string, string][] => {
    const total = metrics?.[name];
    return total === undefined ? [] : [[text, number.format(total)]];
  });
  const ofDay = Object.entries(events.byAction).map(([action, count]): [string, string] => [
    fillTemplate(TEXT.ofDay, { action }),
    counted({ count, isComplete: events.isComplete }),
  ]);
  const totals = (['users', 'inactiveUsers', 'liveSessions'] as const).map(
    (name): [string, string] => [TEXT[name], counted(overview[name])],
  );
  elementById('overview').replaceChildren(...describe([...totals, ...ofDay, ...known]));
  return overview.operator;
}

let searches = 0;
let resume = () => {};

/** Searches once more for what was searched for last: a search is cleared where a user is shown. */
export const resumeSearch = (): void => resume();

export function startDirectory(page: AdminPage): void {
  const list = elementById('users');
  const more = elementById('more-users');
  // As it was sent: the form may hold another one by the time that more is asked for.
  let query = new URLSearchParams();
  const find = async () => {
    searches += 1;
    const own = searches;
    const found = await page.ask({ method: 'GET', path: `/users?${query.toString()}` });
    if (found === null || own !== searches) return;
    const { users, next } = found as { users: ShownUser[]; next: number | null };
    query.set('cursor', String(next));
    more.hidden = next === null;
    list.append(...users.map(userRow));
    elementById('no-users').hidden = list.childElementCount > 0;
  };
  const search = () => {
    clearSearch();
    query.delete('cursor');
    void find();
  };
  elementById('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const by = elementById<HTMLSelectElement>('search-by').value;
    const text = inputById('search-text').value.trim();
    const status = elementById<HTMLSelectElement>('search-status').value;
    if (by === 'id' && text !== '') {
      location.hash = `#user=${encodeURIComponent(text)}`;
      return;
    }
    query = new URLSearchParams({
      limit: '20',
      ...(text === '' ? {} : { [by]: text }),
      ...(status === 'any' ? {} : { status }),
    });
    resume = search;
    search();
  });
  more.addEventListener('click', () => void find());
}

/** A row of a list: a title, and what is known below it. */
export function createRow(title: string, facts: readonly (string | null | undefined)[]) {
  const about = createElement('div', '');
  const known = facts.filter((fact): fact is string => typeof fact === 'string' && fact !== '');
  about.append(createElement('strong', title), createFacts(known));
  const row = createElement('li', '');
  row.append(about);
  return row;
}

export function linkToUser(id: number, name: string): HTMLElement {
  const link = createElement('a', TEXT.show) as HTMLAnchorElement;
  link.href = `#user=${id}`;
  link.setAttribute('aria-label', fillTemplate(TEXT.showUser, { name }));
  return link;
}

function userRow(user: ShownUser): HTMLElement {
  const name = nameOf(user);
  const { id, username, role, status } = user;
  const row = createRow(name, [String(id), username, user.name, role?.id, status]);
  row.append(linkToUser(id, name));
  return row;
}

function clearSearch(): void {
  elementById('users').replaceChildren();
  elementById('more-users').hidden = true;
  elementById('no-users').hidden = true;
}

export function clearDirectory(): void {
  searches += 1;
  elementById('overview').replaceChildren();
  clearSearch();
}
