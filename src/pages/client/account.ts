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
  messages,
} from './page-data.ts';

const { identifier: kind } = contract;

export function registerPage(): void {
  const isNamed = kind === 'username';
  const ownCheck = isNamed ? { username: form.required } : { name: form.optional };
  const fields: form.RequestFields = {
    [isNamed ? 'username' : 'name']: isNamed
      ? ['username', messages.usernameMalformed]
      : ['name', messages.refusals.malformed],
    email: ['email', messages.emailMalformed],
    password: ['password', messages.weakPassword],
  };
  form.enhanceForm({
    checks: { ...ownCheck, email: form.email, password: form.newPassword },
    async send(values) {
      const answer = await call(values['name'] ? 'register-named' : 'register', values);
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
    identifier: ['identifier', form.identifierError],
    password: ['password', messages.refusals.malformed],
    code: ['code', messages.codeMalformed],
  } as const;
  form.enhanceForm({
    checks: { identifier: form.identifierCheck, password: form.required, code: form.codeFormat },
    async send({ identifier = '', password = '', code = '' }) {
      const answer = await call('verify-email', { identifier, password, code });
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
    const answer = await call('send-code', { identifier: identifier.value });
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
      const error = isEmail ? messages.emailMalformed : messages.refusals.malformed;
      const name = isEmail ? 'forgot-password-of-email' : 'forgot-password';
      const answer = await call(name, { identifier });
      if (answer?.ok) form.showNotice(messages.linkSent, 'good');
      else if (!form.showFieldErrors(answer, { identifier: ['identifier', error] }))
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
      const answer = await call('reset-password', { token, password });
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
