/** Creating an account, confirming its address, and a forgotten password. */
import { call, readRefusal } from './call.ts';
import * as form from './form.ts';
import { signInAndLeave } from './login.ts';
import {
  replacePage,
  takeIdentifier,
  passIdentifier,
  inputById,
  takeNeedsCode,
  linkTo,
  elementById,
  contract,
  pageData,
  messages,
} from './page-data.ts';

const { identifier: kind } = contract;
const post = (operation: keyof typeof pageData.paths, body: object) =>
  call(pageData.paths[operation], { method: 'POST', body });

export function registerPage(): void {
  const ownField = kind === 'username' ? { username: form.required } : { name: form.optional };
  const fields = {
    username: ['username', messages.usernameMalformed],
    name: ['name', messages.refusals.malformed],
    email: ['email', messages.emailMalformed],
    password: ['password', messages.weakPassword],
  } as const;
  form.enhanceForm({
    checks: { ...ownField, email: form.email, password: form.newPassword },
    async send(values) {
      const { name, ...asked } = values;
      const answer = await post('register', name ? { ...asked, name } : asked);
      if (answer?.ok) {
        passIdentifier(values[kind] ?? '');
        replacePage(linkTo('/verify'));
        return true;
      }
      if (answer !== null && readRefusal(answer, ['taken']).reason === 'taken') {
        form.focusFieldError(kind, messages.refusals.taken);
      } else if (!form.showFieldErrors(answer, fields)) form.showRefusal(answer, ['malformed']);
      return false;
    },
  });
}

export function verifyPage(): void {
  const identifier = inputById('identifier');
  identifier.value ||= takeIdentifier();
  const ids = { identifier: 'identifier', password: 'password' };
  const fields = {
    [kind]: ['identifier', form.identifierError],
    password: ['password', messages.refusals.malformed],
    code: ['code', messages.codeMalformed],
  } as const;
  form.enhanceForm({
    checks: { identifier: form.identifierCheck, password: form.required, code: form.codeFormat },
    async send({ identifier = '', password = '', code = '' }) {
      const answer = await post('verify-email', { [kind]: identifier, password, code });
      if (answer?.ok) return signInAndLeave({ identifier, password, remember: false }, ids);
      const reason = answer && readRefusal(answer, ['invalid-code']).reason;
      if (reason === 'invalid-code')
        form.focusFieldError('code', messages.refusals['invalid-code']);
      else if (!form.showFieldErrors(answer, fields)) form.showRefusal(answer, ['malformed']);
      return false;
    },
  });
  const sendCode = async (notice: string) => {
    const error = form.identifierCheck(identifier.value);
    if (error !== null) return form.focusFieldError('identifier', error);
    const answer = await post('send-code', { [kind]: identifier.value });
    if (answer?.ok) form.showNotice(notice, 'good');
    else if (!form.showFieldErrors(answer, fields))
      form.showRefusal(answer, ['malformed'], messages.codeNotSent);
  };
  elementById('again').addEventListener('click', () => sendCode(messages.codeSent));
  if (takeNeedsCode()) void sendCode(messages.codeNeeded);
}

export function forgotPage(): void {
  form.enhanceForm({
    checks: { identifier: form.identifierCheck },
    async send({ identifier = '' }) {
      const isEmail = kind === 'email' || identifier.includes('@');
      const field = isEmail ? 'email' : 'username';
      const error = isEmail ? messages.emailMalformed : messages.refusals.malformed;
      const answer = await post('forgot-password', { [field]: identifier });
      if (answer?.ok) form.showNotice(messages.linkSent, 'good');
      else if (!form.showFieldErrors(answer, { [field]: ['identifier', error] }))
        form.showRefusal(answer, ['malformed']);
      return false;
    },
  });
}

export function resetPage(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  // Keeps the token out of the address bar and the history.
  history.replaceState(null, '', location.pathname);
  if (token === '') form.showNotice(messages.refusals['invalid-link']);
  form.enhanceForm({
    checks: { password: form.newPassword },
    async send({ password = '' }) {
      if (token === '') {
        form.showNotice(messages.refusals['invalid-link']);
        return false;
      }
      const answer = await post('reset-password', { token, password });
      if (answer?.ok) {
        for (const done of elementById('form').querySelectorAll<HTMLElement>(
          '.field, button.main',
        )) {
          done.hidden = true;
        }
        inputById('password').value = '';
        form.showNotice(messages.passwordSet, 'good');
        return true;
      }
      if (!form.showFieldErrors(answer, { password: ['password', messages.weakPassword] })) {
        form.showRefusal(answer, ['invalid-link']);
      }
      return false;
    },
  });
}
