/**
 * Entry point of the signed-in page's script. Private data is fetched, shown, and removed whenever the page is left, so that
 * neither Back nor the back/forward cache shows it to the next person.
 */
import { textAt } from '../json-path.ts';
import { readRefusal, type Answer } from './call.ts';
import type { AccountPage } from './changes.ts';
import { createElement } from './elements.ts';
import * as form from './form.ts';
import { startPrivatePage } from './private-page.ts';
import { callSignedIn, forgetSession, signOut } from './session.ts';
import {
  replacePage,
  inputById,
  linkTo,
  elementById,
  contract,
  messages,
  pageData,
} from './page-data.ts';
import { loadScript, shared } from './scripts.ts';
import type { SecuritySections } from './security.ts';
import { createSessionList, fetchSessions } from './session-list.ts';

const { paths } = contract;
const change = elementById<HTMLDetailsElement>('change');
let security: SecuritySections | null = null;
let details: ReturnType<typeof import('./profile.ts').createProfileSections> | null = null;
let accountName = '';

const sessions = createSessionList({ leave: forgetSessionAndLeave, showNotice: showPageNotice });
const page: AccountPage = {
  accountName: () => accountName,
  leave: forgetSessionAndLeave,
  showNotice: showPageNotice,
  reloadSessions: () => sessions.reload(),
  reloadProfile,
};

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
  startPrivatePage({ clear, load });
}

function clear(): void {
  security?.clear();
  details?.clear();
  sessions.clear();
  elementById('private').hidden = true;
  elementById('profile').replaceChildren();
  for (const id of ['currentPassword', 'newPassword', 'account-identifier'])
    inputById(id).value = '';
}

function forgetSessionAndLeave(): void {
  forgetSession();
  clear();
  // The section that was asked for comes after the sign-in.
  const { pathname, search, hash } = location;
  const returnTo = encodeURIComponent(pathname + search + hash);
  replacePage(hash === '' ? linkTo('/login') : `${pageData.prefix}/login?return_to=${returnTo}`);
}

async function load(): Promise<void> {
  elementById('loading').hidden = false;
  const profile = await callSignedIn('profile');
  if (profile !== 'out' && profile !== null) {
    accountName = textAt(profile.body, paths.profile[contract.identifier]) ?? '';
  }
  const [rows, shown] =
    profile === 'out' ? ['out' as const] : await Promise.all([fetchSessions(), loadSections()]);
  elementById('loading').hidden = true;
  if (profile === 'out' || rows === 'out' || shown === 'out') return forgetSessionAndLeave();
  if (!profile?.ok || !Array.isArray(rows)) {
    clear();
    showPageNotice(
      profile === null || rows === null ? messages.offline : messages.refusals.internal,
    );
    return;
  }
  showProfile(profile.body);
  sessions.show(rows);
  elementById('private').hidden = false;
  openSection();
}

/** Opens the section that the address names: /.well-known/change-password leads to `#change`. */
function openSection(): void {
  if (location.hash !== `#${change.id}`) return;
  change.open = true;
  inputById('currentPassword').focus();
}

/** Loads the scripts of the other sections; the page is of use without them. */
async function loadSections(): Promise<'out' | 'loaded' | undefined> {
  security ??= (await loadScript('security'))?.createSecuritySections(shared, page) ?? null;
  if (security === null) return undefined;
  const { callProven, hasPasskeys, load } = security;
  const [loaded, script] = await Promise.all([load(), loadScript('profile')]);
  details ??= script?.createProfileSections(shared, { ...page, callProven, hasPasskeys }) ?? null;
  return loaded;
}

function showProfile(body: unknown): void {
  const rows = (['name', 'username', 'email'] as const).flatMap((field) => {
    const value = textAt(body, paths.profile[field]);
    return value === null
      ? []
      : [createElement('dt', messages.labels[field]), createElement('dd', value)];
  });
  elementById('profile').replaceChildren(...rows);
  accountName = textAt(body, paths.profile[contract.identifier]) ?? '';
  inputById('account-identifier').value = accountName;
  details?.show(body);
}

async function reloadProfile(): Promise<void> {
  const profile = await callSignedIn('profile');
  if (profile === 'out') forgetSessionAndLeave();
  else if (profile?.ok) showProfile(profile.body);
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
    await sessions.reload();
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
