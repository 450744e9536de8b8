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

/** Refusals that are about this very try, whatever else its status may stand for. */
const isAboutInput = (answer: Answer | null): answer is Answer =>
  answer !== null && answer.status < 500 && !answer.headers.has('Retry-After');

/** A rule refused the password: the only field of these forms that rules can refuse. */
const blamesPassword = ({ body }: Answer): boolean =>
  /password/i.test([...textsIn(body), JSON.stringify(body)].join(' '));

const isMalformed = (answer: Answer) => troubleOf(answer, ['malformed']).reason === 'malformed';

export function registerPage(): void {
  const named = kind === 'username';
  takeOver({
    checks: {
      ...(named ? { username: filled } : { name: anything }),
      email,
      password: newPassword,
    },
    async send(values) {
      const { name, ...asked } = values;
      const answer = await post('register', name ? { ...asked, name } : asked);
      if (answer?.ok) {
        handOver(values[kind] ?? '');
        goTo(pageAt('/verify'));
        return true;
      }
      if (answer?.status === 409) blameAndFocus(named ? 'username' : 'email', words.taken);
      else if (isAboutInput(answer) && isMalformed(answer) && blamesPassword(answer)) {
        blameAndFocus('password', words.weakPassword);
      } else tell(answer, ['malformed']);
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
      if (isAboutInput(answer)) {
        const { reason } = troubleOf(answer, ['invalid']);
        if (reason === 'inactive') say(words.refusals.inactive);
        else blameAndFocus('code', words.badCode);
      } else tell(answer, []);
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
  if (token === '') say(words.staleLink);
  takeOver({
    checks: { password: newPassword },
    async send({ password = '' }) {
      const answer = token === '' ? null : await post('reset-password', { token, password });
      if (answer?.ok) {
        for (const done of part('form').querySelectorAll<HTMLElement>('.field, button.main')) {
          done.hidden = true;
        }
        input('password').value = '';
        say(words.passwordSet, 'good');
        return true;
      }
      if (token === '') say(words.staleLink);
      else if (!isAboutInput(answer)) tell(answer, []);
      else if (isMalformed(answer) && blamesPassword(answer)) {
        blameAndFocus('password', words.weakPassword);
      } else say(words.staleLink);
      return false;
    },
  });
}
