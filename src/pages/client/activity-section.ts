/** The list of recent activity, which is fetched when it is asked for. */
import { valueAt } from '../json-path.ts';
import { createElement, createFacts, onClick } from './elements.ts';
import type { ProvenPage } from './profile.ts';
import type { Shared } from './scripts.ts';
import { contract, elementById, messages } from './page-data.ts';

type Row = Record<string, unknown>;

const { list, fields } = contract.paths.activity;
const texts: Readonly<Record<string, string>> = messages.activity ?? {};

export function createActivitySection(shared: Shared, page: ProvenPage) {
  const items = elementById('activity');
  const formatTime = shared.timeFormat();

  const itemOf = (row: Row): HTMLElement => {
    const about = createElement('div', '');
    const action = String(row[fields.action]);
    const other = action.startsWith('ADMIN_') ? 'OPERATOR' : 'OTHER';
    const known = [row[fields.device], row[fields.address]].filter((fact) => fact);
    about.append(
      createElement('strong', texts[action] ?? texts[other] ?? ''),
      createFacts([formatTime(row[fields.at]), ...known.map(String)]),
    );
    const item = createElement('li', '');
    item.append(about);
    if (row[fields.current] === true) {
      item.append(createElement('span', messages.thisDevice, 'badge'));
    }
    return item;
  };

  onClick(elementById('show-activity'), async () => {
    const answer = await shared.callSignedIn('list-activity');
    if (answer === 'out') return page.leave();
    const rows = answer?.ok ? valueAt(answer.body, list) : null;
    if (!Array.isArray(rows)) {
      return page.showNotice(answer === null ? messages.offline : messages.refusals.internal);
    }
    items.replaceChildren(...(rows as Row[]).map(itemOf));
    elementById('activity-title').focus();
  });

  return { clear: (): void => items.replaceChildren() };
}
