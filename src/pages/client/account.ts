/** Creating an account, confirming its address, and a forgotten password. */
import { call, troubleOf } from './call.ts';
import {
  anything,
  blameAndFocus,
  blameNamed,
  email,
  filled,
  identifierCheck,
  identifierFault,
  newPassword,
  say,
  sixDigits,
  takeOver,
  tell,
} from './form.ts';
import { enter } from './login.ts';
import {
  goTo,
  handedOver,
  handOver,
  input,
  needsCode,
  pageAt,
  part,
  contract,
  pageData,
  words,
} from './page-data.ts';

const { identifier: kind } = contract;
const post = (operation: keyof typeof pageData.paths, body: object) =>
  call(pageData.paths[operation], { method: 'POST', body });

export function registerPage(): void {
  const own = kind === 'username' ? { username: filled } : { name: anything };
  const fields = {
    username: ['username', words.usernameMalformed],
    name: ['name', words.refusals.malformed],
    email: ['email', words.emailMalformed],
    password: ['password', words.weakPassword],
  } as const;
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
      } else if (!blameNamed(answer, fields)) tell(answer, ['malformed']);
      return false;
    },
  });
}

export function verifyPage(): void {
  const who = input('identifier');
  who.value ||= handedOver();
  const ids = { identifier: 'identifier', password: 'password' };
  const fields = {
    [kind]: ['identifier', identifierFault],
    password: ['password', words.refusals.malformed],
    code: ['code', words.codeMalformed],
  } as const;
  takeOver({
    checks: { identifier: identifierCheck, password: filled, code: sixDigits },
    async send({ identifier = '', password = '', code = '' }) {
      const answer = await post('verify-email', { [kind]: identifier, password, code });
      if (answer?.ok) return enter({ identifier, password, remember: false }, ids);
      const reason = answer && troubleOf(answer, ['invalid-code']).reason;
      if (reason === 'invalid-code') blameAndFocus('code', words.refusals['invalid-code']);
      else if (!blameNamed(answer, fields)) tell(answer, ['malformed']);
      return false;
    },
  });
  const sendCode = async (sent: string) => {
    const fault = identifierCheck(who.value);
    if (fault !== null) return blameAndFocus('identifier', fault);
    const answer = await post('send-code', { [kind]: who.value });
    if (answer?.ok) say(sent, 'good');
    else if (!blameNamed(answer, fields)) tell(answer, ['malformed'], words.codeNotSent);
  };
  part('again').addEventListener('click', () => sendCode(words.codeSent));
  if (needsCode()) void sendCode(words.codeNeeded);
}

export function forgotPage(): void {
  takeOver({
    checks: { identifier: identifierCheck },
    async send({ identifier = '' }) {
      const isEmail = kind === 'email' || identifier.includes('@');
      const field = isEmail ? 'email' : 'username';
      const fault = isEmail ? words.emailMalformed : words.refusals.malformed;
      const answer = await post('forgot-password', { [field]: identifier });
      if (answer?.ok) say(words.linkSent, 'good');
      else if (!blameNamed(answer, { [field]: ['identifier', fault] })) tell(answer, ['malformed']);
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
      if (!blameNamed(answer, { password: ['password', words.weakPassword] })) {
        tell(answer, ['invalid-link']);
      }
      return false;
    },
  });
}
