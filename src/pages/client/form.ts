/**
 * Behaviour of a form: one request at a time, errors beside their fields, everything else in one
 * notice that is read out and gets the focus, and a countdown where the answer names a time.
 */
import { normaliseCodeText } from '../../crypto/factors/code-text.ts';
import { fieldsNamed, textsIn } from '../refusal-reason.ts';
import type { Reason } from '../page-data.ts';
import { readRefusal, type Answer } from './call.ts';
import { fillTemplate, inputById, elementById, contract, pageData, messages } from './page-data.ts';

/** Returns the error of a field's value; null: the value is fine. */
export type Check = (value: string) => string | null;

export const required: Check = (value) => (value === '' ? messages.required : null);
export const email: Check = (value) =>
  required(value) ?? (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : messages.emailMalformed);
const { least, most, flaws } = pageData.passwordRules;
const flawMessages: Readonly<Record<string, string>> = {
  'too-short': fillTemplate(messages.passwordShort, {
    least: least.toLocaleString(pageData.language),
  }),
  'too-long': fillTemplate(messages.passwordLong, { most: most.toLocaleString(pageData.language) }),
  common: messages.passwordCommon,
  personal: messages.passwordPersonal,
  breached: messages.passwordBreached,
};
export const newPassword: Check = (value) => {
  const { length } = [...value.normalize('NFC')];
  const flaw = length < least ? 'too-short' : length > most ? 'too-long' : '';
  return required(value) ?? flawMessages[flaw] ?? null;
};

/** Says which rule a refused password breaks, where the contract's refusal tells. */
export function passwordError(answer: Answer | null): string {
  const texts = textsIn(answer?.body);
  const flaw = flaws.find(({ text }) => texts.includes(text))?.flaw ?? '';
  return flawMessages[flaw] ?? messages.weakPassword;
}

export const codeFormat: Check = (value) =>
  required(value) ?? (/^\d{6}$/.test(value) ? null : messages.codeMalformed);
export const optional: Check = () => null;

/** For the contract's kind of identifier: the check before sending, and the error after a refusal. */
export const [identifierCheck, identifierError] =
  contract.identifier === 'email'
    ? [email, messages.emailMalformed]
    : [required, messages.refusals.malformed];

interface FormOptions {
  /** Absent: the page's first one. */
  id?: string;
  /** Keyed by the field's id. */
  checks: Record<string, Check>;
  /** The id of the input that names the account. A lock holds for that account alone. */
  account?: string;
  /** Resolves to true where the browser leaves this page, so that the form stays busy. */
  send(values: Record<string, string>): Promise<boolean>;
}

/** The form that was sent last, which notices and countdowns are shown in; undefined: the first. */
let inUse: HTMLFormElement | undefined;
const formInUse = () => inUse ?? elementById<HTMLFormElement>('form');
const inForm = (selector: string, form = formInUse()) =>
  form.querySelector(selector) as HTMLElement;
const accountInputs = new WeakMap<HTMLFormElement, HTMLInputElement>();

/** Returns what is sent: codes in ASCII without separators, and no blanks around anything but passwords. */
export function valueOf(id: string): string {
  const { value, autocomplete, dataset } = inputById(id);
  if ('code' in dataset) return normaliseCodeText(value);
  return autocomplete.endsWith('-password') ? value : value.trim();
}

/** Notices are shown in this form from now on; absent: in the page's first one. Returns the one before. */
export function setFormInUse(id = 'form'): string {
  const before = formInUse().id;
  inUse = elementById<HTMLFormElement>(id);
  return before;
}

export function enhanceForm({ id = 'form', checks, account, send }: FormOptions): void {
  const form = elementById<HTMLFormElement>(id);
  const button = submitOf(form);
  const label = button.textContent;
  form.noValidate = true;
  button.disabled = false;
  if (account !== undefined) {
    accountInputs.set(form, inputById(account));
    inputById(account).addEventListener('input', showWait);
  }
  // A page from the back/forward cache starts with an empty form.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    form.reset();
    setBusy(form, false, label);
  });
  for (const id of Object.keys(checks)) {
    inputById(id).addEventListener('input', () => setFieldError(id, null));
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true' || isWaiting(form)) return;
    inUse = form;
    showNotice(null);
    const values = Object.fromEntries(Object.keys(checks).map((id) => [id, valueOf(id)]));
    // Every error is shown; the first one gets the focus.
    const hasError = Object.entries(checks).map(([id, check]) =>
      setFieldError(id, check(values[id] ?? '')),
    );
    const first = Object.keys(checks)[hasError.indexOf(true)];
    if (first !== undefined) return inputById(first).focus();
    setBusy(form, true, messages.working);
    if (!(await send(values))) setBusy(form, false, label);
  });
}

const submitOf = (form: HTMLFormElement) =>
  form.querySelector<HTMLButtonElement>('button[type=submit]') as HTMLButtonElement;

function setBusy(form: HTMLFormElement, busy: boolean, label: string): void {
  const button = submitOf(form);
  form.setAttribute('aria-busy', String(busy));
  button.setAttribute('aria-disabled', String(busy || isWaiting(form)));
  button.textContent = label;
}

/** Shows the error of a field, or removes it (null). Returns whether there is one. */
function setFieldError(id: string, message: string | null): boolean {
  const field = inputById(id);
  const error = elementById(`${id}-error`);
  error.textContent = message;
  error.hidden = message === null;
  if (message === null) field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
  return message !== null;
}

export function focusFieldError(id: string, message: string): void {
  setFieldError(id, message);
  inputById(id).focus();
}

/** The input's id and its error where the API refuses it, keyed by the name of its value. */
export type RequestFields = Record<string, readonly [id: string, error: string]>;

/** Shows an error at each field that a refusal names. Returns false where it names none of these. */
export function showFieldErrors(answer: Answer | null, fields: RequestFields): boolean {
  if (answer === null || readRefusal(answer, ['malformed']).reason !== 'malformed') return false;
  const onWire = (name: string) => answer.request.fields[name] ?? name;
  const names = fieldsNamed(answer.body, Object.keys(fields).map(onWire));
  const named = Object.entries(fields).filter(([name]) => names.includes(onWire(name)));
  for (const [, [id, error]] of named) setFieldError(id, error);
  const [first] = named;
  if (first !== undefined) inputById(first[1][0]).focus();
  return first !== undefined;
}

type Tone = 'bad' | 'good';

/** A page has one notice at a time: the last one, and none once another form is sent. */
export function hideNotices(): void {
  const notices = document.querySelectorAll<HTMLElement>('.notices .notice, #page-notice');
  for (const notice of notices) notice.hidden = true;
}

export function showNotice(message: string | null, tone: Tone = 'bad'): void {
  hideNotices();
  setNotice(inForm('.notice'), message, tone);
  if (message !== null) inForm('.notice').focus();
}

function setNotice(notice: HTMLElement, message: string | null, tone: Tone): void {
  notice.classList.toggle('bad', tone === 'bad');
  notice.setAttribute('role', tone === 'bad' ? 'alert' : 'status');
  notice.textContent = message;
  notice.hidden = message === null;
}

/** Hides the fields of the first form, where they are of no use any more, and says why. */
export function closeForm(message: string, tone?: Tone): void {
  const form = elementById('form');
  for (const part of form.querySelectorAll<HTMLElement>('.field, button.main')) part.hidden = true;
  for (const input of form.querySelectorAll('input')) input.value = '';
  showNotice(message, tone);
}

/**
 * Shows a refusal in the reader's language, never in the server's own text. `prefix` is a sentence
 * that goes before it.
 */
export function showRefusal(
  answer: Answer | null,
  likely: readonly Reason[],
  prefix = '',
): Reason | null {
  if (answer === null) {
    showNotice(messages.offline);
    return null;
  }
  const { reason, waitSeconds } = readRefusal(answer, likely);
  const text = `${prefix} ${messages.refusals[reason ?? 'internal']}`.trim();
  if (waitSeconds > 0) countDown(text, waitSeconds, reason === 'locked');
  else showNotice(text);
  return reason;
}

const padded = (n: number) => String(Math.floor(n)).padStart(2, '0');

/** A time to wait, after a refusal in a form. */
interface Wait {
  form: HTMLFormElement;
  text: string;
  untilMs: number;
  /** Of a lock: holds for this form, and for this value of the input that names the account. */
  isLock: boolean;
  account: string | undefined;
}

let wait: Wait | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

/** The limit of an address holds for every form and account; a lock for its own account. */
function isWaiting(form: HTMLFormElement): boolean {
  if (wait === null || !wait.isLock) return wait !== null;
  return wait.form === form && accountInputs.get(form)?.value === wait.account;
}

/** Counts seconds on the screen; a screen reader gets one sentence now and one at the end. */
function countDown(reason: string, seconds: number, isLock: boolean): void {
  const form = formInUse();
  const time = new Intl.RelativeTimeFormat(pageData.language).format(
    Math.ceil(seconds / 60),
    'minute',
  );
  const text = `${reason} ${fillTemplate(messages.wait, { time })}`;
  const account = accountInputs.get(form)?.value;
  wait = { form, text, untilMs: Date.now() + seconds * 1000, isLock, account };
  showNotice(text);
  clearInterval(timer);
  timer = setInterval(showWait, 1000);
  showWait();
}

/** Shows what is left of the time, unless another account is entered now. */
function showWait(): void {
  if (wait === null) return;
  const { form, text, untilMs } = wait;
  const clock = inForm('.timer', form);
  const notice = inForm('.notice', form);
  const left = Math.ceil((untilMs - Date.now()) / 1000);
  const isShown = isWaiting(form);
  clock.hidden = !isShown || left <= 0;
  clock.textContent = `${padded(left / 60)}:${padded(left % 60)}`;
  // Without taking the focus: the user may be typing.
  if (left <= 0) {
    clearInterval(timer);
    wait = null;
    if (isShown) setNotice(notice, messages.again, 'good');
  } else if (isShown && notice.hidden) setNotice(notice, text, 'bad');
  else if (!isShown && notice.textContent === text) notice.hidden = true;
  submitOf(form).setAttribute('aria-disabled', String(isShown && left > 0));
}

/** Enables the buttons that show the text of a password field. */
export function enableRevealButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveal]')) {
    const field = inputById(button.dataset['reveal'] ?? '');
    button.hidden = false;
    button.addEventListener('click', () => {
      const shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
    });
    // A browser offers the values of text fields again; a password must not be among them.
    field.form?.addEventListener('submit', () => {
      field.type = 'password';
      button.setAttribute('aria-pressed', 'false');
    });
  }
}
