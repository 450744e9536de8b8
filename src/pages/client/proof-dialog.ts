/** The dialog that asks for the password, a code or a passkey before a change. */
import type { Answer } from './call.ts';
import type { AccountPage } from './changes.ts';
import { onClick } from './elements.ts';
import { enhanceCodeField } from './factor-code.ts';
import type { Shared } from './scripts.ts';
import { canUsePasskeys, elementById, inputById, messages } from './page-data.ts';

/** Asks by one of the methods, which a refusal names. Resolves to false where the user gives up. */
export function createProofDialog(
  shared: Shared,
  page: Pick<AccountPage, 'leave'>,
): (methods: readonly string[]) => Promise<boolean> {
  const dialog = elementById<HTMLDialogElement>('proof');
  const password = inputById('proof-password');
  const byPasskey = elementById('proof-by-passkey');
  const submit = dialog.querySelector<HTMLElement>('[type=submit]') as HTMLElement;
  const codeField = enhanceCodeField('proof-code', 'proof-other-way');
  let byPassword = false;
  let isProven = false;

  shared.enhanceForm({
    id: 'proof-form',
    checks: {
      'proof-password': (value) => (byPassword ? shared.required(value) : null),
      'proof-code': (value) => (byPassword ? null : codeField.check(value)),
    },
    async send({ 'proof-password': password = '', 'proof-code': code = '' }) {
      const answer = byPassword
        ? await shared.callSignedIn('reauthenticate-by-password', { password })
        : await shared.callSignedIn('reauthenticate-by-code', { code });
      settle(answer);
      return false;
    },
  });
  const settle = (answer: Answer | 'out' | null) => {
    if (answer === 'out') page.leave();
    else if (answer?.ok) {
      isProven = true;
      dialog.close();
    } else refuse(answer);
  };
  const refuse = (answer: Answer | null) => {
    const reason = answer && shared.readRefusal(answer, ['invalid', 'invalid-factor']).reason;
    const { malformed, 'invalid-factor': wrongCode } = messages.refusals;
    if (reason === 'invalid') shared.focusFieldError('proof-password', messages.wrongPassword);
    else if (reason === 'invalid-factor') shared.focusFieldError('proof-code', wrongCode);
    else if (
      !shared.showFieldErrors(answer, {
        password: ['proof-password', malformed],
        code: ['proof-code', malformed],
      })
    ) {
      shared.showRefusal(answer, ['locked', 'invalid-passkey']);
    }
  };

  onClick(byPasskey, async () => {
    shared.setFormInUse('proof-form');
    shared.showNotice(null);
    const [script, options] = await Promise.all([
      shared.loadScript('passkeys'),
      shared.call('passkey-login-options', {}),
    ]);
    if (script === null || !options?.ok) return void shared.showRefusal(options, []);
    try {
      const signed = await script.signChallenge(options);
      settle(await shared.callSignedIn('reauthenticate-by-passkey', signed));
    } catch (error) {
      const { text, isCancelled } = script.ceremonyError(error);
      shared.showNotice(text, isCancelled ? 'good' : 'bad');
    }
  });
  elementById('cancel-proof').addEventListener('click', () => dialog.close());

  /** Shows the methods; returns the element that the user starts with. */
  const show = (methods: readonly string[]): HTMLElement => {
    byPassword = methods.includes('password');
    const byCode = methods.includes('recovery-code');
    codeField.reset(methods.includes('totp'));
    elementById('by-password').hidden = !byPassword;
    elementById('by-code').hidden = !byCode;
    submit.hidden = !byPassword && !byCode;
    byPasskey.hidden = !canUsePasskeys || !methods.includes('passkey');
    if (byPassword) return password;
    return byCode ? inputById('proof-code') : byPasskey;
  };

  return (methods) => {
    isProven = false;
    password.value = '';
    const first = show(methods);
    const formBefore = shared.setFormInUse('proof-form');
    shared.showNotice(null);
    dialog.showModal();
    if (first.hidden) shared.showNotice(messages.passkeyMissing);
    else first.focus();
    return new Promise((resolve) => {
      const onClose = () => {
        password.value = '';
        inputById('proof-code').value = '';
        shared.setFormInUse(formBefore);
        resolve(isProven);
      };
      dialog.addEventListener('close', onClose, { once: true });
    });
  };
}
