/** The audit: the newest events of all users, or of the one that is shown. */
import { SHARED_TEXT, TEXT } from '../admin-text.ts';
import type { AdminPage } from './admin.ts';
import { createElement } from './elements.ts';
import { createRow, linkToUser } from './admin-directory.ts';
import { elementById, fillTemplate } from './page-data.ts';
import { timeFormat } from './time.ts';

interface Event {
  at: string;
  action: string;
  reason: string;
  userId: number | null;
  contract: string;
  address: string;
  device: string | null;
  operator: string | null;
}

/** Pages that are looked for at once: a page of the audit may be empty, with more behind it. */
const MOST_PAGES = 5;

let loadMore: (() => Promise<void>) | null = null;

export function startEvents(): void {
  elementById('more-events').addEventListener('click', () => void loadMore?.());
}

/** `id`: of the user; null: all. */
export async function showEvents(
  page: AdminPage,
  { id, isCurrent }: { id: string | null; isCurrent: () => boolean },
): Promise<void> {
  const list = elementById('events');
  const more = elementById('more-events');
  const formatTime = timeFormat('long');
  elementById('events-title').textContent = id === null ? SHARED_TEXT.events : TEXT.eventsOf;
  list.replaceChildren();
  let next: number | null = null;
  loadMore = async () => {
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const query = new URLSearchParams({
        limit: '20',
        ...(id === null ? {} : { user: decodeURIComponent(id) }),
        ...(next === null ? {} : { cursor: String(next) }),
      });
      const found = await page.ask({ method: 'GET', path: `/audit?${query.toString()}` });
      if (found === null || !isCurrent()) return;
      const { events, next: cursor } = found as { events: Event[]; next: number | null };
      next = cursor;
      more.hidden = next === null;
      const rows = events.map((event) =>
        eventRow(id === null ? event : { ...event, userId: null }, formatTime),
      );
      list.append(...rows);
      if (events.length > 0 || next === null) break;
    }
    if (list.childElementCount === 0) list.append(createElement('li', TEXT.none));
  };
  await loadMore();
}

function eventRow(event: Event, formatTime: (time: unknown) => string): HTMLElement {
  const { action, reason, userId, operator } = event;
  const user = userId === null ? null : fillTemplate(TEXT.unnamed, { id: String(userId) });
  const row = createRow(reason === 'done' ? action : `${action} (${reason})`, [
    formatTime(event.at),
    user,
    operator === null ? null : fillTemplate(TEXT.by, { operator }),
    event.contract,
    event.address,
    event.device,
  ]);
  if (userId !== null) row.append(linkToUser(userId, user ?? ''));
  return row;
}

export function clearEvents(): void {
  loadMore = null;
  elementById('events').replaceChildren();
  elementById('more-events').hidden = true;
}
