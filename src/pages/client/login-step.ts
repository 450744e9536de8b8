/** The step of a sign-in after the password: a code, or the set-up of a second factor. */
import type { Step } from '../refusal-reason.ts';
import { codesIn, hideSecret, showRecoveryCodes, showSecret } from './enrolment.ts';
import { appCode, enhanceCodeField, type CodeField } from './factor-code.ts';
import type { Shared } from './scripts.ts';
import { onClick } from './elements.ts';
import { canUsePasskeys, elementById, inputById, messages } from './page-data.ts';

/** Shows the sign-in, or what follows it: a step's section, or the recovery codes. */
function showView(id: 'first' | 'code-step' | 'enrolment' | null): void {
  elementById('first').hidden = id !== 'first';
  elementById('second').hidden = id === 'first';
  for (const step of ['code-step', 'enrolment']) elementById(step).hidden = id !== step;
}

export function createLoginStep(shared: Shared): (step: Step, remember: boolean) => Promise<void> {
  const { call, enhanceForm, goOn, readRefusal, showNotice, showRefusal, storeLogin } = shared;
  let challenge = '';
  let remember = false;
  let codeField: CodeField | null = null;

  /** Back to the password, with the reason. */
  const startOver = (message: string | null) => {
    challenge = '';
    hideSecret();
    showView('first');
    inputById('password').value = '';
    shared.setFormInUse();
    showNotice(message);
    if (message === null) inputById('password').focus();
  };

  /** Sends the code; resolves to true where it has signed in. */
  const complete = async (id: string, code: string): Promise<boolean> => {
    const answer = await call('second-factor', { challenge, code });
    if (answer?.ok && storeLogin(answer, remember)) return true;
    const reason =
      answer && readRefusal(answer, ['invalid-factor', 'expired-step', 'locked']).reason;
    if (reason === 'expired-step') startOver(messages.refusals['expired-step']);
    else if (reason === 'invalid-factor') {
      shared.focusFieldError(id, messages.refusals['invalid-factor']);
      inputById(id).select();
    } else if (!shared.showFieldErrors(answer, { code: [id, messages.refusals.malformed] })) {
      showRefusal(answer, ['locked']);
    }
    return false;
  };

  const askCode = (methods: readonly string[]) => {
    if (codeField === null) {
      const intro = elementById('code-step').querySelector('.intro') as HTMLElement;
      const { textContent: ofApp } = intro;
      codeField = enhanceCodeField('factor-code', 'other-way', (isRecoveryCode) => {
        intro.textContent = isRecoveryCode ? messages.recoveryIntro : ofApp;
      });
      const { check } = codeField;
      enhanceForm({
        id: 'code-form',
        checks: { 'factor-code': check },
        async send({ 'factor-code': code = '' }) {
          return (await complete('factor-code', code)) && goOn();
        },
      });
      elementById('start-over').addEventListener('click', () => startOver(null));
      onClick(elementById('step-by-passkey'), signInWithPasskey);
    }
    codeField.reset(methods.includes('totp'));
    shared.setFormInUse('code-form');
    elementById('step-by-passkey').hidden = !canUsePasskeys || !methods.includes('passkey');
    showView('code-step');
    inputById('factor-code').focus();
  };

  const signInWithPasskey = async () => {
    const script = await shared.loadScript('passkeys');
    if (script === null) showNotice(messages.offline);
    else await script.signInWithPasskey(shared, remember);
  };

  let isEnrolmentReady = false;
  const enrol = async () => {
    const answer = await call('enroll-totp-in-step', { challenge });
    if (!answer?.ok || !showSecret(answer)) return void showRefusal(answer, ['expired-step']);
    showView('enrolment');
    inputById('new-code').focus();
    if (isEnrolmentReady) return;
    isEnrolmentReady = true;
    enhanceForm({
      id: 'enrolment-form',
      checks: { 'new-code': appCode },
      async send({ 'new-code': code = '' }) {
        if (!(await complete('new-code', code))) return false;
        hideSecret();
        const made = await shared.callSignedIn('new-recovery-codes');
        const codes = made !== null && made !== 'out' && made.ok ? codesIn(made) : [];
        // Without them the signed-in page offers to make some.
        if (codes.length === 0) return goOn();
        showView(null);
        showRecoveryCodes(codes, () => void goOn());
        return true;
      },
    });
  };

  // A page from the back/forward cache starts with the password again.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) startOver(null);
  });

  return async (step, wantsRemember) => {
    challenge = step.challenge;
    remember = wantsRemember;
    if (step.enrols) await enrol();
    else askCode(step.methods);
  };
}
