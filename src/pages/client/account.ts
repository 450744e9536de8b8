/** Creating an account, confirming its address, and a forgotten password. */
import { textsIn } from '../reason.ts';
import { call, troubleOf, type Answer } from './call.ts';
import {
  anything,
  blameAndFocus,
  email,
  filled,
  newPassword,
  say,
  sixDigits,
  takeOver,
  tell,
} from './form.ts';
import { enter } from './login.ts';
import { goTo, handedOver, handOver, input, pageAt, part, shape, sheet, words } from './sheet.ts';

const { kind } = shape.login;
const post = (path: string, body: object) => call(`${sheet.api}/${path}`, { method: 'POST', body });
const identifierCheck = kind === 'email' ? email : filled;

const faults: Record<string, string> = {
  username: words.usernameMalformed,
  email: words.emailMalformed,
  password: words.weakPassword,
};

/** Blames the field that a refused body is refused for; false: the answer names none of these. */
function blameField(answer: Answer | null, ids: readonly string[]): boolean {
  if (answer === null || troubleOf(answer, ['malformed']).reason !== 'malformed') return false;
  const named = JSON.stringify(answer.body);
  const said = textsIn(answer.body).map((text) => text.toLowerCase());
  const id = ids.find(
    (id) => named.includes(`"${id}"`) || said.some((text) => text.startsWith(id)),
  );
  if (id !== undefined) blameAndFocus(id, faults[id] ?? words.refusals.malformed);
  return id !== undefined;
}

export function registerPage(): void {
  const own = kind === 'username' ? { username: filled } : { name: anything };
  takeOver({
    checks: { ...own, email, password: newPassword },
    async send(values) {
      const { name, ...asked } = values;
      const answer = await post('register', name ? { ...asked, name } : asked);
      if (answer?.ok) {
        handOver(values[kind] ?? '');
        goTo(pageAt('/verify'));
        return true;
      }
      if (answer !== null && troubleOf(answer, ['taken']).reason === 'taken') {
        blameAndFocus(kind, words.refusals.taken);
      } else if (!blameField(answer, [kind, 'email', 'password'])) tell(answer, ['malformed']);
      return false;
    },
  });
}

export function verifyPage(): void {
  const who = input('identifier');
  who.value ||= handedOver();
  takeOver({
    checks: { identifier: identifierCheck, password: filled, code: sixDigits },
    async send({ identifier = '', password = '', code = '' }) {
      const answer = await post('verify-email', { [kind]: identifier, password, code });
      if (answer?.ok) return enter({ identifier, password, remember: false });
      const reason = answer && troubleOf(answer, ['invalid-code']).reason;
      if (reason === 'invalid-code') blameAndFocus('code', words.refusals['invalid-code']);
      else tell(answer, ['malformed']);
      return false;
    },
  });
  part('again').addEventListener('click', async () => {
    const fault = identifierCheck(who.value);
    if (fault !== null) return blameAndFocus('identifier', fault);
    const answer = await post('verify-email/send', { [kind]: who.value });
    if (answer?.ok) say(words.codeSent, 'good');
    else tell(answer, ['malformed']);
  });
}

export function forgotPage(): void {
  takeOver({
    checks: { identifier: identifierCheck },
    async send({ identifier = '' }) {
      const field = kind === 'email' || identifier.includes('@') ? 'email' : 'username';
      const answer = await post('forgot-password', { [field]: identifier });
      if (answer?.ok) say(words.linkSent, 'good');
      else tell(answer, ['malformed']);
      return false;
    },
  });
}

export function resetPage(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  // Out of the address bar, and out of the history with it.
  history.replaceState(null, '', location.pathname);
  if (token === '') say(words.refusals['invalid-link']);
  takeOver({
    checks: { password: newPassword },
    async send({ password = '' }) {
      if (token === '') {
        say(words.refusals['invalid-link']);
        return false;
      }
      const answer = await post('reset-password', { token, password });
      if (answer?.ok) {
        for (const done of part('form').querySelectorAll<HTMLElement>('.field, button.main')) {
          done.hidden = true;
        }
        input('password').value = '';
        say(words.passwordSet, 'good');
        return true;
      }
      if (!blameField(answer, ['password'])) tell(answer, ['invalid-link']);
      return false;
    },
  });
}
