/**
 * A form's behaviour: one sending at a time, faults beside their fields, everything else in one
 * notice that is read out and gets the focus, and a countdown where the answer names a time.
 */
import { fieldsNamed } from '../reason.ts';
import type { Reason } from '../page-data.ts';
import { troubleOf, type Answer } from './call.ts';
import { fill, input, part, contract, pageData, words } from './page-data.ts';

/** What is wrong with a field's value; null where nothing is. */
export type Check = (value: string) => string | null;

export const filled: Check = (value) => (value === '' ? words.required : null);
export const email: Check = (value) =>
  filled(value) ?? (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : words.emailMalformed);
export const newPassword: Check = (value) =>
  filled(value) ??
  ([...value.normalize('NFC')].length < pageData.leastPassword
    ? fill(words.passwordShort, { least: String(pageData.leastPassword) })
    : null);
export const sixDigits: Check = (value) =>
  filled(value) ?? (/^\d{6}$/.test(value) ? null : words.codeMalformed);
export const anything: Check = () => null;

/** For what the contract names its accounts by: the check before sending, and a refused one's fault. */
export const [identifierCheck, identifierFault] =
  contract.identifier === 'email'
    ? [email, words.emailMalformed]
    : [filled, words.refusals.malformed];

interface FormOptions {
  /** By the field's id. */
  checks: Record<string, Check>;
  /** True: this page is done with, and the form stays as it is. */
  send(values: Record<string, string>): Promise<boolean>;
}

export function takeOver({ checks, send }: FormOptions): void {
  const form = part<HTMLFormElement>('form');
  const button = submitOf(form);
  const label = button.textContent;
  form.noValidate = true;
  button.disabled = false;
  // Back to a page that the browser kept: the form starts anew.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    form.reset();
    setBusy(form, false, label);
  });
  for (const id of Object.keys(checks)) {
    input(id).addEventListener('input', () => blame(id, null));
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true' || isWaiting()) return;
    say(null);
    const values = Object.fromEntries(Object.keys(checks).map((id) => [id, input(id).value]));
    // Every fault is shown; the first one gets the focus.
    const faults = Object.entries(checks).map(([id, check]) => blame(id, check(values[id] ?? '')));
    const first = Object.keys(checks)[faults.indexOf(true)];
    if (first !== undefined) return input(first).focus();
    setBusy(form, true, words.working);
    // What is done stays so until the next page is there.
    if (!(await send(values))) setBusy(form, false, label);
  });
}

const submitOf = (form: HTMLFormElement) =>
  form.querySelector<HTMLButtonElement>('button[type=submit]') as HTMLButtonElement;

function setBusy(form: HTMLFormElement, busy: boolean, label: string): void {
  const button = submitOf(form);
  form.setAttribute('aria-busy', String(busy));
  button.setAttribute('aria-disabled', String(busy || isWaiting()));
  button.textContent = label;
}

/** Says what is wrong with a field, or that nothing is any more; true where something is. */
export function blame(id: string, message: string | null): boolean {
  const field = input(id);
  const error = part(`${id}-error`);
  error.textContent = message;
  error.hidden = message === null;
  if (message === null) field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
  return message !== null;
}

export function blameAndFocus(id: string, message: string): void {
  blame(id, message);
  input(id).focus();
}

/** By a field's name on the wire: the input's id, and what to say where the API refuses it. */
export type WireFields = Record<string, readonly [id: string, fault: string]>;

/** Shows at each field that a refusal names that it is wrong; false: it names none of these. */
export function blameNamed(answer: Answer | null, fields: WireFields): boolean {
  if (answer === null || troubleOf(answer, ['malformed']).reason !== 'malformed') return false;
  const names = fieldsNamed(answer.body, Object.keys(fields));
  const named = Object.entries(fields).filter(([name]) => names.includes(name));
  for (const [, [id, fault]] of named) blame(id, fault);
  const [first] = named;
  if (first !== undefined) input(first[1][0]).focus();
  return first !== undefined;
}

type Tone = 'bad' | 'good';

export function say(message: string | null, tone: Tone = 'bad'): void {
  write(message, tone);
  if (message !== null) part('notice').focus();
}

function write(message: string | null, tone: Tone): void {
  const notice = part('notice');
  notice.classList.toggle('bad', tone === 'bad');
  notice.setAttribute('role', tone === 'bad' ? 'alert' : 'status');
  notice.textContent = message;
  notice.hidden = message === null;
}

/**
 * Tells a refusal in the reader's words; what the server wrote is never shown. `before` says what
 * did not happen.
 */
export function tell(answer: Answer | null, likely: readonly Reason[], before = ''): Reason | null {
  if (answer === null) {
    say(words.offline);
    return null;
  }
  const { reason, waitSeconds } = troubleOf(answer, likely);
  const said = `${before} ${words.refusals[reason ?? 'internal']}`.trim();
  if (waitSeconds > 0) countDown(said, waitSeconds);
  else say(said);
  return reason;
}

const padded = (n: number) => String(Math.floor(n)).padStart(2, '0');

let timer: ReturnType<typeof setInterval> | undefined;
const isWaiting = () => timer !== undefined;

/** The seconds are for the eye; the ear gets a sentence, and another one when the wait is over. */
function countDown(said: string, seconds: number): void {
  const until = Date.now() + seconds * 1000;
  const clock = part('timer');
  const button = submitOf(part<HTMLFormElement>('form'));
  const minutes = Math.ceil(seconds / 60);
  const time =
    seconds < 60
      ? words.seconds
      : minutes === 1
        ? words.minute
        : fill(words.minutes, { n: String(minutes) });
  say(`${said} ${fill(words.wait, { time })}`);
  const show = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      clock.textContent = `${padded(left / 60)}:${padded(left % 60)}`;
      return;
    }
    clearInterval(timer);
    timer = undefined;
    clock.hidden = true;
    button.setAttribute('aria-disabled', 'false');
    // Whoever is typing meanwhile keeps the focus.
    write(words.again, 'good');
  };
  clearInterval(timer);
  timer = setInterval(show, 1000);
  clock.hidden = false;
  button.setAttribute('aria-disabled', 'true');
  show();
}

/** The buttons that show what is typed into a password field. */
export function makeRevealable(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveal]')) {
    const field = input(button.dataset['reveal'] ?? '');
    button.hidden = false;
    button.addEventListener('click', () => {
      const shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
    });
    // A field in the clear must not go into the browser's list of what was typed before.
    field.form?.addEventListener('submit', () => {
      field.type = 'password';
      button.setAttribute('aria-pressed', 'false');
    });
  }
}
