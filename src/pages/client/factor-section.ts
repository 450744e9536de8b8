/** The section for second factors on the signed-in page. */
import { valueAt } from '../json-path.ts';
import type { Answer } from './call.ts';
import { createElement } from './elements.ts';
import {
  codesIn,
  hideRecoveryCodes,
  hideSecret,
  showRecoveryCodes,
  showSecret,
} from './enrolment.ts';
import { appCode } from './factor-code.ts';
import type { Shared } from './factors-script.ts';
import { contract, elementById, fillTemplate, messages, pageData } from './page-data.ts';
import { createProofDialog } from './proof-dialog.ts';

/** The rest of the signed-in page. */
export interface HomePage {
  /** Leaves a page whose session has ended. */
  leave(): void;
  showNotice(message: string): void;
  /** Loads the list of sessions again; returns how many there are. */
  reloadSessions(): Promise<number>;
}

export interface FactorSection {
  /** `out`: the session has ended. */
  load(): Promise<'out' | 'loaded'>;
  /** Removes what is private. */
  clear(): void;
}

type Row = Record<string, unknown>;
type Request = Parameters<Shared['callSignedIn']>;

const { list, fields, recoveryCodes } = contract.paths.factors;

export function createFactorSection(shared: Shared, home: HomePage): FactorSection {
  const askProof = createProofDialog(shared, home);

  /** Asks for a proof of identity where one is missing, and goes on. Null: it was not answered, or not proven. */
  const callProven = async (...request: Request): Promise<Answer | null> => {
    for (;;) {
      const answer = await shared.callSignedIn(...request);
      if (answer === 'out') home.leave();
      else if (answer === null) home.showNotice(messages.offline);
      else if (shared.readRefusal(answer, []).reason !== 'reauthentication-required') return answer;
      else if (await askProof(answer)) continue;
      return null;
    }
  };

  /** The same for a button, whose refusals are shown above the page. */
  const change = async (...request: Request): Promise<Answer | null> => {
    const answer = await callProven(...request);
    if (answer === null || answer.ok) return answer;
    const { reason } = shared.readRefusal(answer, ['not-found']);
    home.showNotice(messages.refusals[reason ?? 'internal']);
    if (reason === 'not-found') await load();
    return null;
  };

  const load = async (): Promise<'out' | 'loaded'> => {
    const answer = await shared.callSignedIn('list-factors');
    if (answer === 'out') return answer;
    const rows = answer?.ok ? valueAt(answer.body, list) : null;
    if (answer === null || !Array.isArray(rows)) return 'loaded';
    const isOn = rows.length > 0;
    elementById('factors-state').textContent = isOn ? messages.factorsOn : messages.factorsOff;
    elementById('factor-list').replaceChildren(...rows.map(itemOf));
    const left = { n: String(valueAt(answer.body, recoveryCodes)) };
    elementById('codes-left').textContent = fillTemplate(messages.recoveryCodesLeft, left);
    for (const id of ['codes-left', 'new-codes']) elementById(id).hidden = !isOn;
    elementById('add-factor').hidden = !pageData.offersSecondFactor;
    elementById('factors').hidden = !isOn && !pageData.offersSecondFactor;
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
    const button = createElement('button', messages.remove, 'quiet') as HTMLButtonElement;
    button.type = 'button';
    button.setAttribute('aria-label', fillTemplate(messages.removeOf, { time }));
    onClick(button, async () => {
      const answer = await change('remove-factor', { id: String(row[fields.id]) });
      if (answer !== null) await changed(messages.factorRemoved);
    });
    const item = createElement('li', '');
    item.append(about, button);
    return item;
  };

  /** After a change: offers to end other sessions, which a thief may have opened (ASVS 5.0 V7.4.3). */
  const changed = async (notice: string): Promise<void> => {
    const [sessions] = await Promise.all([home.reloadSessions(), load()]);
    elementById('others').hidden = sessions < 2;
    home.showNotice(notice);
  };

  onClick(elementById('add-factor'), async () => {
    const answer = await change('enroll-totp');
    if (answer !== null && showSecret(answer)) elementById('enrolment-title').focus();
  });
  elementById('cancel-enrolment').addEventListener('click', () => {
    hideSecret();
    elementById('add-factor').focus();
  });
  shared.enhanceForm({
    id: 'enrolment-form',
    checks: { 'new-code': appCode },
    async send({ 'new-code': code = '' }) {
      const answer = await callProven('confirm-totp', { code });
      if (answer === null) return false;
      if (answer.ok) {
        hideSecret();
        const codes = codesIn(answer);
        await changed(messages.factorAdded);
        if (codes.length > 0) showCodes(codes);
      } else if (shared.readRefusal(answer, ['invalid-factor']).reason === 'invalid-factor') {
        shared.focusFieldError('new-code', messages.refusals['invalid-factor']);
      } else if (!shared.showFieldErrors(answer, { code: ['new-code', messages.codeMalformed] })) {
        shared.showRefusal(answer, ['not-found']);
      }
      return false;
    },
  });

  onClick(elementById('new-codes'), async () => {
    const answer = await change('new-recovery-codes');
    if (answer === null) return;
    await changed(messages.codesReplaced);
    showCodes(codesIn(answer));
  });
  onClick(elementById('end-others'), async () => {
    const answer = await shared.callSignedIn('logout-others');
    if (answer === 'out') return home.leave();
    if (!answer?.ok) {
      return home.showNotice(answer === null ? messages.offline : messages.refusals.internal);
    }
    await home.reloadSessions();
    elementById('others').hidden = true;
    home.showNotice(messages.othersEnded);
  });

  return { load, clear };
}

const showCodes = (codes: readonly string[]) =>
  showRecoveryCodes(codes, () => elementById('new-codes').focus());

function clear(): void {
  hideSecret();
  hideRecoveryCodes();
  elementById('factors').hidden = true;
  elementById('factor-list').replaceChildren();
}

/** One click at a time. */
function onClick(button: HTMLElement, act: () => Promise<void>): void {
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true') return;
    button.ariaDisabled = 'true';
    await act();
    button.ariaDisabled = 'false';
  });
}
