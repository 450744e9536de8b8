/**
 * Entry point of the signed-in page's script. Private data is fetched, shown, and removed whenever the page is left, so that
 * neither Back nor the back/forward cache shows it to the next person.
 */
import { textAt, valueAt } from '../json-path.ts';
import { readRefusal, type Answer } from './call.ts';
import { createElement, createRowButton } from './elements.ts';
import * as form from './form.ts';
import {
  callSignedIn,
  forgetMemory,
  forgetSession,
  signOut,
  onSessionEndedElsewhere,
} from './session.ts';
import {
  fillTemplate,
  replacePage,
  inputById,
  linkTo,
  elementById,
  contract,
  messages,
} from './page-data.ts';
import { loadScript, shared } from './scripts.ts';
import type { SecuritySections } from './security.ts';
import { timeFormat } from './time.ts';

const { paths } = contract;
type Row = Record<string, unknown>;

function start(): void {
  elementById('sign-out').addEventListener('click', () => signOutAndLeave(false));
  elementById('sign-out-everywhere').addEventListener('click', () => signOutAndLeave(true));
  form.enhanceForm({
    checks: {
      currentPassword: (value) => (security?.hasPasskeys() ? null : form.required(value)),
      newPassword: form.newPassword,
    },
    send: changePassword,
  });
  onSessionEndedElsewhere(() => {
    elementById('private').hidden = true;
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
  security?.clear();
  elementById('private').hidden = true;
  elementById('profile').replaceChildren();
  elementById('sessions').replaceChildren();
  for (const id of ['currentPassword', 'newPassword', 'account-identifier'])
    inputById(id).value = '';
}

function forgetSessionAndLeave(): void {
  forgetSession();
  clear();
  replacePage(linkTo('/login'));
}

async function load(): Promise<void> {
  elementById('loading').hidden = false;
  const profile = await callSignedIn('profile');
  if (profile !== 'out' && profile !== null) {
    accountName = textAt(profile.body, paths.profile[contract.identifier]) ?? '';
  }
  const [sessions, shown] =
    profile === 'out' ? ['out' as const] : await Promise.all([fetchSessions(), showSecurity()]);
  elementById('loading').hidden = true;
  if (profile === 'out' || sessions === 'out' || shown === 'out') return forgetSessionAndLeave();
  if (!profile?.ok || sessions === null) {
    clear();
    showPageNotice(
      profile === null || sessions === null ? messages.offline : messages.refusals.internal,
    );
    return;
  }
  showProfile(profile.body);
  showSessions(sessions);
  elementById('private').hidden = false;
}

let security: SecuritySections | null = null;
let accountName = '';

/** The page is of use without these sections. */
async function showSecurity() {
  security ??=
    (await loadScript('security'))?.createSecuritySections(shared, {
      accountName: () => accountName,
      leave: forgetSessionAndLeave,
      showNotice: showPageNotice,
      async reloadSessions() {
        const sessions = await fetchSessions();
        if (!Array.isArray(sessions)) return 0;
        showSessions(sessions);
        return sessions.length;
      },
    }) ?? null;
  return security?.load();
}

function showProfile(body: unknown): void {
  const rows = (['name', 'username', 'email'] as const).flatMap((field) => {
    const value = textAt(body, paths.profile[field]);
    return value === null
      ? []
      : [createElement('dt', messages.labels[field]), createElement('dd', value)];
  });
  elementById('profile').replaceChildren(...rows);
  inputById('account-identifier').value = accountName;
}

async function fetchSessions(): Promise<Row[] | 'out' | null> {
  const answer = await callSignedIn('list-sessions');
  if (answer === 'out' || answer === null) return answer;
  const list = valueAt(answer.body, paths.sessions.list);
  return answer.ok && Array.isArray(list) ? (list as Row[]) : null;
}

function showSessions(rows: readonly Row[]): void {
  const { fields } = paths.sessions;
  const formatTime = timeFormat();
  const items = rows.map((row) => {
    const device = String(row[fields.device]);
    const time = formatTime(row[fields.lastUsedAt]);
    const about = createElement('div', '');
    about.append(
      createElement('strong', device),
      createElement(
        'p',
        `${String(row[fields.address])} · ${fillTemplate(messages.lastUsed, { time })}`,
        'hint',
      ),
    );
    const item = createElement('li', '');
    item.append(about);
    if (row[fields.current] === true)
      item.append(createElement('span', messages.thisDevice, 'badge'));
    else item.append(endButton(String(row[fields.id]), device));
    return item;
  });
  elementById('sessions').replaceChildren(...items);
}

function endButton(id: string, device: string): HTMLElement {
  const button = createRowButton(messages.end, fillTemplate(messages.endOf, { device }));
  button.addEventListener('click', async () => {
    button.disabled = true;
    const answer = await callSignedIn('end-session', { id });
    if (answer === 'out') return forgetSessionAndLeave();
    const gone =
      answer !== null && (answer.ok || readRefusal(answer, ['not-found']).reason === 'not-found');
    showPageNotice(
      gone ? messages.ended : answer === null ? messages.offline : messages.refusals.internal,
    );
    const sessions = gone ? await fetchSessions() : null;
    if (Array.isArray(sessions)) showSessions(sessions);
    button.disabled = false;
  });
  return button;
}

/** The API calls the new password `password` where it breaks a rule. */
function passwordFields(answer: Answer): form.RequestFields {
  const newPassword = ['newPassword', form.passwordError(answer)] as const;
  const currentPassword = ['currentPassword', messages.wrongCurrent] as const;
  return { currentPassword, newPassword, password: newPassword };
}

async function changePassword(values: Record<string, string>): Promise<boolean> {
  const answer =
    security !== null && values['currentPassword'] === ''
      ? await security.callProven('set-password', values)
      : await callSignedIn('change-password', values);
  if (answer === 'out') {
    forgetSessionAndLeave();
    return true;
  }
  if (answer?.ok) {
    for (const id of ['currentPassword', 'newPassword']) inputById(id).value = '';
    form.showNotice(messages.passwordChanged, 'good');
    const sessions = await fetchSessions();
    if (Array.isArray(sessions)) showSessions(sessions);
  } else if (answer === null || answer.headers.has('Retry-After'))
    form.showRefusal(answer, ['locked']);
  else if (form.showFieldErrors(answer, passwordFields(answer))) return false;
  else if (readRefusal(answer, ['invalid']).reason === 'invalid') {
    form.focusFieldError('currentPassword', messages.wrongCurrent);
  } else form.showRefusal(answer, ['malformed']);
  return false;
}

async function signOutAndLeave(everywhere: boolean): Promise<void> {
  if (await signOut(everywhere)) forgetSessionAndLeave();
  else showPageNotice(messages.offline);
}

/** Shows a notice about the page as a whole. */
function showPageNotice(message: string): void {
  form.hideNotices();
  const notice = elementById('page-notice');
  notice.textContent = message;
  notice.hidden = false;
  notice.focus();
}

form.enableRevealButtons();
start();
