/**
 * The signed-in page: fetched, shown, and taken off again whenever the page is left, so that
 * neither Back nor the browser's memory of pages shows it to the next person.
 */
import { textAt, valueAt } from '../json-path.ts';
import { troubleOf } from './call.ts';
import { blameAndFocus, blameNamed, filled, newPassword, say, takeOver, tell } from './form.ts';
import { asUser, forgetMemory, leave, signOut, whenSessionEndsElsewhere } from './session.ts';
import { fill, goTo, input, pageAt, part, contract, pageData, words } from './page-data.ts';
import { timeFormat } from './time.ts';

const { paths } = contract;
type Row = Record<string, unknown>;

export function homePage(): void {
  part('sign-out').addEventListener('click', () => go(false));
  part('sign-out-everywhere').addEventListener('click', () => go(true));
  takeOver({
    checks: { currentPassword: filled, newPassword },
    send: changePassword,
  });
  whenSessionEndsElsewhere(() => {
    part('private').hidden = true;
    void load();
  });
  addEventListener('pagehide', () => {
    clear();
    forgetMemory();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void load();
  });
  void load();
}

function clear(): void {
  part('private').hidden = true;
  part('profile').replaceChildren();
  part('sessions').replaceChildren();
  for (const id of ['currentPassword', 'newPassword', 'who']) input(id).value = '';
}

function away(): void {
  leave();
  clear();
  goTo(pageAt('/login'));
}

async function load(): Promise<void> {
  part('loading').hidden = false;
  const profile = await asUser(pageData.paths.profile);
  const sessions = profile === 'out' ? 'out' : await fetchSessions();
  part('loading').hidden = true;
  if (profile === 'out' || sessions === 'out') return away();
  if (!profile?.ok || sessions === null) {
    clear();
    tellAside(profile === null || sessions === null ? words.offline : words.refusals.internal);
    return;
  }
  showProfile(profile.body);
  showSessions(sessions);
  part('private').hidden = false;
}

function showProfile(body: unknown): void {
  const rows = (['name', 'username', 'email'] as const).flatMap((field) => {
    const value = textAt(body, paths.profile[field]);
    return value === null ? [] : [made('dt', words.labels[field]), made('dd', value)];
  });
  part('profile').replaceChildren(...rows);
  input('who').value = textAt(body, paths.profile[contract.identifier]) ?? '';
}

async function fetchSessions(): Promise<Row[] | 'out' | null> {
  const answer = await asUser(pageData.paths['list-sessions']);
  if (answer === 'out' || answer === null) return answer;
  const list = valueAt(answer.body, paths.sessions.list);
  return answer.ok && Array.isArray(list) ? (list as Row[]) : null;
}

function showSessions(rows: readonly Row[]): void {
  const { fields } = paths.sessions;
  const shownTime = timeFormat();
  const items = rows.map((row) => {
    const device = String(row[fields.device]);
    const time = shownTime(row[fields.lastUsedAt]);
    const about = made('div', '');
    about.append(
      made('strong', device),
      made('p', `${String(row[fields.address])} · ${fill(words.lastUsed, { time })}`, 'hint'),
    );
    const item = made('li', '');
    item.append(about);
    if (row[fields.current] === true) item.append(made('span', words.thisDevice, 'badge'));
    else item.append(endButton(String(row[fields.id]), device));
    return item;
  });
  part('sessions').replaceChildren(...items);
}

function endButton(id: string, device: string): HTMLElement {
  const button = made('button', words.end, 'quiet') as HTMLButtonElement;
  button.type = 'button';
  button.setAttribute('aria-label', fill(words.endOf, { device }));
  button.addEventListener('click', async () => {
    button.disabled = true;
    const path = pageData.paths['end-session'].replace(':id', encodeURIComponent(id));
    const answer = await asUser(path, 'DELETE');
    if (answer === 'out') return away();
    const gone = answer !== null && (answer.ok || answer.status === 404);
    tellAside(gone ? words.ended : answer === null ? words.offline : words.refusals.internal);
    const sessions = gone ? await fetchSessions() : null;
    if (Array.isArray(sessions)) showSessions(sessions);
    button.disabled = false;
  });
  return button;
}

/** Messages about the rules call the new password the password. */
const passwordFields = {
  currentPassword: ['currentPassword', words.wrongCurrent],
  newPassword: ['newPassword', words.weakPassword],
  password: ['newPassword', words.weakPassword],
} as const;

async function changePassword(values: Record<string, string>): Promise<boolean> {
  const { currentPassword, newPassword } = values;
  const body = { currentPassword, newPassword };
  const answer = await asUser(pageData.paths['change-password'], 'POST', body);
  if (answer === 'out') {
    away();
    return true;
  }
  if (answer?.ok) {
    for (const id of ['currentPassword', 'newPassword']) input(id).value = '';
    say(words.passwordChanged, 'good');
    const sessions = await fetchSessions();
    if (Array.isArray(sessions)) showSessions(sessions);
  } else if (answer === null || answer.headers.has('Retry-After')) tell(answer, ['locked']);
  else if (blameNamed(answer, passwordFields)) return false;
  else if (troubleOf(answer, ['invalid']).reason === 'invalid') {
    blameAndFocus('currentPassword', words.wrongCurrent);
  } else tell(answer, ['malformed']);
  return false;
}

async function go(everywhere: boolean): Promise<void> {
  if (await signOut(everywhere)) away();
  else tellAside(words.offline);
}

/** Beside the form: about the page as a whole. */
function tellAside(message: string): void {
  const said = part('said');
  said.textContent = message;
  said.hidden = false;
  said.focus();
}

function made(name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== '') element.className = className;
  return element;
}
