/** The section for second factors on the signed-in page. */
import { valueAt } from '../json-path.ts';
import type { Answer } from './call.ts';
import type { Changes } from './changes.ts';
import { createElement, createRowButton, onClick } from './elements.ts';
import { appCode } from './factor-code.ts';
import type { Shared } from './scripts.ts';
import { contract, elementById, fillTemplate, messages, pageData } from './page-data.ts';

type Row = Record<string, unknown>;
type Enrolment = typeof import('./factors.ts');

const { list, fields, recoveryCodes } = contract.paths.factors;

export function createFactorSection(shared: Shared, changes: Changes) {
  const { page, callProven, change, changed } = changes;
  let enrolment: Enrolment | null = null;

  /** Does nothing, and says so, where the script cannot be loaded: a secret is shown once. */
  const withEnrolment = async (act: (script: Enrolment) => Promise<void>): Promise<void> => {
    enrolment ??= await shared.loadScript('factors');
    if (enrolment === null) page.showNotice(messages.offline);
    else await act(enrolment);
  };

  /** `passkeys`: the number that the account has, beside which recovery codes can be made as well. */
  const load = async (passkeys: Promise<number | 'out'>): Promise<'out' | 'loaded'> => {
    const answer = await shared.callSignedIn('list-factors');
    if (answer === 'out') return answer;
    const rows = answer?.ok ? valueAt(answer.body, list) : null;
    const hasPasskeys = Number(await passkeys) > 0;
    if (answer === null || !Array.isArray(rows)) return 'loaded';
    const codesLeft = Number(valueAt(answer.body, recoveryCodes));
    const isOn = rows.length > 0 || codesLeft > 0;
    const isShown = isOn || hasPasskeys;
    elementById('factors-state').textContent = isOn ? messages.factorsOn : messages.factorsOff;
    elementById('factor-list').replaceChildren(...rows.map(itemOf));
    const left = { n: codesLeft.toLocaleString(pageData.language) };
    elementById('codes-left').textContent = fillTemplate(messages.recoveryCodesLeft, left);
    for (const id of ['codes-left', 'new-codes']) elementById(id).hidden = !isShown;
    elementById('add-factor').hidden = !pageData.offersSecondFactor;
    elementById('factors').hidden = !isShown && !pageData.offersSecondFactor;
    return 'loaded';
  };

  const formatTime = shared.timeFormat();
  const itemOf = (row: Row): HTMLElement => {
    const time = formatTime(row[fields.createdAt]);
    const used = row[fields.lastUsedAt];
    const usage =
      used === null
        ? messages.neverUsed
        : fillTemplate(messages.lastUsed, { time: formatTime(used) });
    const about = createElement('div', '');
    about.append(
      createElement('strong', messages.app),
      createElement('p', `${fillTemplate(messages.added, { time })} · ${usage}`, 'hint'),
    );
    const button = createRowButton(messages.remove, fillTemplate(messages.removeOf, { time }));
    onClick(button, async () => {
      const answer = await change('remove-factor', { id: String(row[fields.id]) });
      if (answer !== null) await changed(messages.factorRemoved);
    });
    const item = createElement('li', '');
    item.append(about, button);
    return item;
  };

  onClick(elementById('add-factor'), () =>
    withEnrolment(async ({ showSecret }) => {
      const answer = await change('enroll-totp');
      if (answer !== null && showSecret(answer)) elementById('enrolment-title').focus();
    }),
  );
  elementById('cancel-enrolment').addEventListener('click', () => {
    enrolment?.hideSecret();
    elementById('add-factor').focus();
  });
  shared.enhanceForm({
    id: 'enrolment-form',
    checks: { 'new-code': appCode },
    async send({ 'new-code': code = '' }) {
      const answer = await callProven('confirm-totp', { code });
      if (answer === null) return false;
      if (answer.ok) {
        enrolment?.hideSecret();
        await changed(messages.factorAdded);
        showCodes(answer);
      } else if (shared.readRefusal(answer, ['invalid-factor']).reason === 'invalid-factor') {
        shared.focusFieldError('new-code', messages.refusals['invalid-factor']);
      } else if (!shared.showFieldErrors(answer, { code: ['new-code', messages.codeMalformed] })) {
        shared.showRefusal(answer, ['not-found']);
      }
      return false;
    },
  });

  const showCodes = (answer: Answer) => {
    const codes = enrolment?.codesIn(answer) ?? [];
    if (codes.length === 0) return;
    enrolment?.showRecoveryCodes(codes, () => elementById('new-codes').focus());
  };
  onClick(elementById('new-codes'), () =>
    withEnrolment(async () => {
      const answer = await change('new-recovery-codes');
      if (answer === null) return;
      await changed(messages.codesReplaced);
      showCodes(answer);
    }),
  );

  const clear = (): void => {
    enrolment?.hideSecret();
    enrolment?.hideRecoveryCodes();
    elementById('factors').hidden = true;
    elementById('factor-list').replaceChildren();
  };
  return { load, clear };
}
