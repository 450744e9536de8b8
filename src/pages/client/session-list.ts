/** The sessions of the account: their names, and their end. */
import { valueAt } from '../json-path.ts';
import { readRefusal, type Answer } from './call.ts';
import { createElement, createFacts, createRowButton, onClick } from './elements.ts';
import * as form from './form.ts';
import { callSignedIn } from './session.ts';
import { contract, elementById, fillTemplate, inputById, messages } from './page-data.ts';
import { timeFormat } from './time.ts';

type Row = Record<string, unknown>;

const MOST_NAME = 64;
const { list, fields } = contract.paths.sessions;

interface Page {
  /** Leaves a page whose session has ended. */
  leave(): void;
  showNotice(message: string): void;
}

/** Returns the answer where that is no list. */
export async function fetchSessions(): Promise<Row[] | Answer | 'out' | null> {
  const answer = await callSignedIn('list-sessions');
  if (answer === 'out' || !answer?.ok) return answer;
  const rows = valueAt(answer.body, list);
  return Array.isArray(rows) ? (rows as Row[]) : answer;
}

const isGone = (answer: Answer | null): boolean =>
  answer !== null && readRefusal(answer, ['not-found']).reason === 'not-found';

export function createSessionList(page: Page) {
  const naming = elementById('session-naming');
  const name = inputById('session-name');
  /** The session that gets another name. */
  let renamed = '';

  const show = (rows: readonly Row[]): void => {
    const formatTime = timeFormat();
    elementById('sessions').replaceChildren(...rows.map((row) => itemOf(row, formatTime)));
    elementById('end-others').hidden = rows.length < 2;
  };

  /** Returns how many there are; 0 where they could not be fetched. */
  const reload = async (): Promise<number> => {
    const rows = await fetchSessions();
    if (!Array.isArray(rows)) return 0;
    show(rows);
    return rows.length;
  };

  const itemOf = (row: Row, formatTime: (time: unknown) => string): HTMLElement => {
    const id = String(row[fields.id]);
    const device = String(row[fields.device]);
    const given = row[fields.name];
    const own = typeof given === 'string' ? given : '';
    const used = fillTemplate(messages.lastUsed, { time: formatTime(row[fields.lastUsedAt]) });
    const facts = [...(own === '' ? [] : [device]), String(row[fields.address]), used];
    const about = createElement('div', '');
    about.append(createElement('strong', own || device), createFacts(facts));
    const title = { device: own || device };
    const rename = createRowButton(messages.rename, fillTemplate(messages.renameSessionOf, title));
    rename.addEventListener('click', () => {
      renamed = id;
      name.value = own;
      // Removes the error of what was entered before.
      name.dispatchEvent(new Event('input'));
      form.hideNotices();
      naming.hidden = false;
      name.focus();
    });
    const item = createElement('li', '');
    item.append(about);
    if (row[fields.current] === true) {
      item.append(createElement('span', messages.thisDevice, 'badge'), rename);
      return item;
    }
    const end = createRowButton(messages.end, fillTemplate(messages.endOf, title));
    onClick(end, () => endSession(id));
    item.append(rename, end);
    return item;
  };

  /** Ends a session. One that is no longer there has ended as well. */
  const endSession = async (id: string): Promise<void> => {
    const answer = await callSignedIn('end-session', { id });
    if (answer === 'out') return page.leave();
    if (answer?.ok || isGone(answer)) {
      page.showNotice(messages.ended);
      await reload();
    } else page.showNotice(answer === null ? messages.offline : messages.refusals.internal);
  };

  form.enhanceForm({
    id: 'session-form',
    checks: { 'session-name': (text) => (text.length > MOST_NAME ? messages.nameMalformed : null) },
    async send({ 'session-name': text = '' }) {
      const answer = await callSignedIn('rename-session', { id: renamed, name: text });
      if (answer === 'out') page.leave();
      else if (answer?.ok || isGone(answer)) {
        naming.hidden = true;
        await reload();
        page.showNotice(answer?.ok ? messages.sessionRenamed : messages.refusals['not-found']);
      } else if (
        !form.showFieldErrors(answer, { name: ['session-name', messages.nameMalformed] })
      ) {
        form.showRefusal(answer, ['malformed']);
      }
      return false;
    },
  });
  elementById('cancel-session').addEventListener('click', () => {
    naming.hidden = true;
    elementById('sessions-title').focus();
  });
  onClick(elementById('end-others'), async () => {
    const answer = await callSignedIn('logout-others');
    if (answer === 'out') return page.leave();
    if (!answer?.ok) {
      return page.showNotice(answer === null ? messages.offline : messages.refusals.internal);
    }
    await reload();
    elementById('others').hidden = true;
    page.showNotice(messages.othersEnded);
  });

  const clear = (): void => {
    naming.hidden = true;
    name.value = '';
    elementById('sessions').replaceChildren();
  };
  return { show, reload, clear };
}
