/** One user: state, sessions, and changes, each confirmed before it is made. */
import { SHARED_TEXT, TEXT } from '../admin-text.ts';
import type { AdminPage } from './admin.ts';
import { confirmChange } from './admin-confirm.ts';
import {
  createRow,
  describe,
  nameOf,
  type ShownOperator,
  type ShownUser,
} from './admin-directory.ts';
import { createElement, onClick } from './elements.ts';
import { elementById, fillTemplate, inputById } from './page-data.ts';
import { timeFormat } from './time.ts';

interface UserState {
  user: ShownUser;
  guard: { failuresInARow: number; lockedUntil: string | null; stopped: boolean };
  signInMethods: readonly string[];
}

interface Session {
  contract: string;
  name: string | null;
  address: string;
  device: string;
  lastUsedAt: string;
}

type Action = keyof typeof SHARED_TEXT.actions;

let shown: ShownUser | null = null;

/** Returns false where there is nothing to show. */
export async function showUser(
  page: AdminPage,
  { id, operator, isCurrent }: { id: string; operator: ShownOperator; isCurrent: () => boolean },
): Promise<boolean> {
  const [state, listed] = await Promise.all([
    page.ask({ method: 'GET', path: `/users/${id}` }) as Promise<UserState | null>,
    page.ask({ method: 'GET', path: `/users/${id}/sessions` }) as Promise<{
      sessions: Session[];
    } | null>,
  ]);
  if (state === null || listed === null || !isCurrent()) return false;
  const { user } = state;
  shown = user;
  elementById('user-title').textContent = nameOf(user);
  elementById('user-fields').replaceChildren(...describe(fieldsOf(state)));
  inputById('role').value = user.role?.id ?? '';
  const mayWrite = operator.scope === 'write';
  elementById('role-form').hidden = !mayWrite;
  elementById('user-actions').hidden = !mayWrite;
  actionButton('activate').hidden = user.status === 'active';
  actionButton('deactivate').hidden = user.status === 'inactive';
  const formatTime = timeFormat('long');
  const rows = listed.sessions.map((session) => sessionRow(session, formatTime));
  elementById('sessions').replaceChildren(
    ...(rows.length === 0 ? [createElement('li', TEXT.none)] : rows),
  );
  return true;
}

const actionButton = (action: Action): HTMLElement =>
  document.querySelector(`[data-action="${action}"]`) as HTMLElement;

function fieldsOf({ user, guard, signInMethods }: UserState): [string, string][] {
  const formatTime = timeFormat('long');
  const { fields } = TEXT;
  const { email, lastLoginAt } = user;
  const lock = guard.stopped
    ? TEXT.stopped
    : guard.lockedUntil === null
      ? TEXT.notLocked
      : fillTemplate(TEXT.lockedUntil, { time: formatTime(guard.lockedUntil) });
  const rows: [string, string | null][] = [
    [fields.id, String(user.id)],
    [fields.publicId, user.publicId],
    [fields.username, user.username],
    [
      fields.email,
      email === null || user.emailVerified ? email : fillTemplate(TEXT.unverified, { email }),
    ],
    [fields.name, user.name],
    [fields.role, user.role && `${user.role.name} (${user.role.id})`],
    [fields.team, user.team && `${user.team.name} (${user.team.id})`],
    [fields.status, SHARED_TEXT.statuses[user.status]],
    [fields.lock, lock],
    [fields.failures, String(guard.failuresInARow)],
    [fields.signInMethods, signInMethods.join(', ') || TEXT.none],
    [fields.secondFactor, user.secondFactor ? TEXT.yes : TEXT.no],
    [fields.passkeys, String(user.passkeys)],
    [fields.createdAt, formatTime(user.createdAt)],
    [fields.lastLoginAt, lastLoginAt === null ? TEXT.never : formatTime(lastLoginAt)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

function sessionRow(session: Session, formatTime: (time: unknown) => string): HTMLElement {
  const { name, device, address, contract } = session;
  const used = fillTemplate(TEXT.lastUsed, { time: formatTime(session.lastUsedAt) });
  return createRow(name === null ? device : `${name} (${device})`, [contract, address, used]);
}

export function startUser(page: AdminPage): void {
  for (const action of Object.keys(SHARED_TEXT.actions) as Action[]) {
    onClick(actionButton(action), () => change(page, action));
  }
  const submit = elementById('role-form').querySelector('button') as HTMLElement;
  onClick(submit, () => change(page, 'role'));
  elementById('role-form').addEventListener('submit', (event) => event.preventDefault());
}

async function change(page: AdminPage, action: Action | 'role'): Promise<void> {
  const user = shown;
  if (user === null) return;
  const name = nameOf(user);
  const role = inputById('role').value.trim();
  if (action in TEXT.confirm) {
    const text = TEXT.confirm[action as keyof typeof TEXT.confirm];
    const title = action === 'role' ? SHARED_TEXT.setRole : SHARED_TEXT.actions[action];
    const asked = {
      title,
      text: fillTemplate(text, { name }),
      typed: action === 'delete' ? name : null,
    };
    if (!(await confirmChange(asked))) return;
  }
  const path = `/users/${user.id}`;
  const done = await page.ask(
    action === 'delete'
      ? { method: 'DELETE', path }
      : {
          method: 'POST',
          path: `${path}/${action}`,
          ...(action === 'role' ? { body: { role: role === '' ? null : role } } : {}),
        },
  );
  if (done === null) return;
  if (action === 'delete') {
    // The address of a user who is gone leads nowhere.
    history.replaceState(null, '', location.pathname);
    clearUser();
    await page.load();
    return page.showNotice(TEXT.deleted);
  }
  await page.load();
  page.showNotice((done as { changed: boolean }).changed ? TEXT.done : TEXT.unchanged);
}

export function clearUser(): void {
  shown = null;
  for (const id of ['user-fields', 'sessions']) elementById(id).replaceChildren();
  elementById('user-title').textContent = SHARED_TEXT.user;
  inputById('role').value = '';
  elementById<HTMLDialogElement>('confirm').close();
}
