/** Creating an account, confirming its address, and asking for a new password. */
import { call, readRefusal } from './call.ts';
import { onClick } from './elements.ts';
import * as form from './form.ts';
import { goOn } from './go-on.ts';
import { signInAndLeave } from './login.ts';
import { hasTokens, storeLogin } from './session.ts';
import {
  replacePage,
  passedIdentifier,
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

export function registerPage(): void {
  const asked = pageData.requests['register-named']?.fields ?? {};
  const own: Record<string, readonly [form.Check, error: string]> = {
    username: [form.required, messages.usernameMalformed],
    name: [form.optional, messages.refusals.malformed],
    email: [form.email, messages.emailMalformed],
    password: [form.newPassword, ''],
  };
  const shown = Object.entries(own).filter(([name]) => name in asked);
  form.enhanceForm({
    checks: Object.fromEntries(shown.map(([name, [check]]) => [name, check])),
    async send(values) {
      const answer = await call(values['name'] ? 'register-named' : 'register', values);
      if (answer?.ok) {
        if (hasTokens(answer) && storeLogin(answer, false)) {
          return goOn();
        }
        passIdentifier(values[kind] ?? '');
        replacePage(linkTo('/verify'));
        return true;
      }
      const reason = answer && readRefusal(answer, ['email-taken', 'taken']).reason;
      if (reason === 'taken') form.focusFieldError('username', messages.refusals.taken);
      else if (reason === 'email-taken')
        form.focusFieldError('email', messages.refusals['email-taken']);
      else {
        const fields: form.RequestFields = Object.fromEntries(
          shown.map(([name, [, error]]) => [name, [name, error || form.passwordError(answer)]]),
        );
        if (!form.showFieldErrors(answer, fields)) form.showRefusal(answer, ['malformed']);
      }
      return false;
    },
  });
}

export function verifyPage(): void {
  const identifier = inputById('identifier');
  identifier.value ||= passedIdentifier();
  const ids = { identifier: 'identifier', password: 'password' };
  const fields = {
    identifier: ['identifier', form.identifierError],
    password: ['password', messages.refusals.malformed],
    code: ['code', messages.codeMalformed],
  } as const;
  /** Its code is used up, though the sign-in after it may fail and be tried again. */
  let confirmed = '';
  form.enhanceForm({
    account: 'identifier',
    checks: { identifier: form.identifierCheck, password: form.required, code: form.codeFormat },
    async send({ identifier = '', password = '', code = '' }) {
      if (confirmed !== identifier) {
        const answer = await call('verify-email', { identifier, password, code });
        if (!answer?.ok) {
          const reason = answer && readRefusal(answer, ['invalid-code']).reason;
          if (reason === 'invalid-code')
            form.focusFieldError('code', messages.refusals['invalid-code']);
          else if (!form.showFieldErrors(answer, fields)) form.showRefusal(answer, ['malformed']);
          return false;
        }
        confirmed = identifier;
      }
      return signInAndLeave({ identifier, password, remember: false }, ids);
    },
  });
  const sendCode = async (notice: string) => {
    const value = form.valueOf('identifier');
    const error = form.identifierCheck(value);
    if (error !== null) return form.focusFieldError('identifier', error);
    const answer = await call('send-code', { identifier: value });
    if (answer?.ok) form.showNotice(notice, 'good');
    else if (!form.showFieldErrors(answer, fields))
      form.showRefusal(answer, ['malformed'], messages.codeNotSent);
  };
  onClick(elementById('again'), () => sendCode(messages.codeSent));
  if (takeNeedsCode()) void sendCode(messages.codeNeeded);
}

export function forgotPage(): void {
  inputById('identifier').value ||= passedIdentifier();
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
