/** The section for passkeys on the signed-in page, and the removal of the password beside them. */
import type { RequestValues } from '../fill-request.ts';
import { valueAt } from '../json-path.ts';
import type { Changes } from './changes.ts';
import { createElement, createRowButton, onClick } from './elements.ts';
import {
  canUsePasskeys,
  contract,
  elementById,
  fillTemplate,
  inputById,
  messages,
  pageData,
} from './page-data.ts';
import { createPasskeyOffer } from './passkey-offer.ts';
import type { Shared } from './scripts.ts';

type Row = Record<string, unknown>;

const { list, fields } = contract.paths.passkeys;

export function createPasskeySection(shared: Shared, changes: Changes) {
  const { page, callProven, change, changed } = changes;
  const naming = elementById('passkey-naming');
  const name = inputById('passkey-name');
  /** The passkey that gets another name; null: a new one gets its first. */
  let renamed: string | null = null;
  let count = 0;
  /** No answer says so before the password is removed here. */
  let isPasswordless = false;

  const showNaming = (id: string | null, current: string) => {
    renamed = id;
    elementById('naming-title').textContent =
      id === null ? messages.addPasskey : messages.renamePasskey;
    name.value = current;
    // Removes the error of what was entered before.
    name.dispatchEvent(new Event('input'));
    shared.setFormInUse('passkey-form');
    shared.showNotice(null);
    naming.hidden = false;
    name.focus();
  };
  const hideNaming = () => void (naming.hidden = true);
  const offer = createPasskeyOffer(page, () => showNaming(null, ''));

  /** Resolves to the number of passkeys. */
  const load = async (): Promise<number | 'out'> => {
    const answer = await shared.callSignedIn('list-passkeys');
    if (answer === 'out') return answer;
    const rows = answer?.ok ? valueAt(answer.body, list) : null;
    if (!Array.isArray(rows)) return 0;
    elementById('passkey-list').replaceChildren(...rows.map(itemOf));
    elementById('add-passkey').hidden = !canUsePasskeys;
    count = rows.length;
    elementById('passwordless').hidden = count === 0 || isPasswordless;
    elementById('passkeys').hidden = count === 0 && !pageData.offersPasskeys;
    const hint = elementById('currentPassword-hint');
    hint.textContent = messages.emptyPassword;
    hint.hidden = count === 0;
    await offer.show(count > 0);
    return count;
  };

  const formatTime = shared.timeFormat();
  const itemOf = (row: Row): HTMLElement => {
    const id = String(row[fields.id]);
    const given = row[fields.name];
    const name = typeof given === 'string' ? given : messages.passkey;
    const used = row[fields.lastUsedAt];
    const about = createElement('div', '');
    const facts = [
      fillTemplate(messages.added, { time: formatTime(row[fields.createdAt]) }),
      used === null || used === undefined
        ? messages.neverUsed
        : fillTemplate(messages.lastUsed, { time: formatTime(used) }),
      ...(typeof row[fields.synced] === 'boolean'
        ? [row[fields.synced] === true ? messages.passkeySynced : messages.passkeyBound]
        : []),
    ];
    about.append(createElement('strong', name), createElement('p', facts.join(' · '), 'hint'));
    const rename = createRowButton(messages.rename, fillTemplate(messages.renameOf, { name }));
    rename.addEventListener('click', () => showNaming(id, typeof given === 'string' ? given : ''));
    const remove = createRowButton(
      messages.remove,
      fillTemplate(messages.removePasskeyOf, { name }),
    );
    onClick(remove, async () => {
      if ((await change('remove-passkey', { id })) !== null) await changed(messages.passkeyRemoved);
    });
    const item = createElement('li', '');
    item.append(about, rename, remove);
    return item;
  };

  /** Resolves to true where the passkey is added. */
  const add = async (name: string): Promise<boolean> => {
    const script = await shared.loadScript('passkeys');
    if (script === null) {
      shared.showNotice(messages.offline);
      return false;
    }
    const options = await callProven('passkey-options');
    if (options === null) return false;
    if (!options.ok) {
      shared.showRefusal(options, ['unverified', 'too-many-passkeys']);
      return false;
    }
    let created: RequestValues;
    try {
      created = await script.createPasskey(options);
    } catch (error) {
      const { text, isCancelled } = script.ceremonyError(error);
      shared.showNotice(text, isCancelled ? 'good' : 'bad');
      return false;
    }
    return save('add-passkey', { ...created, name });
  };

  const save = async (...request: Parameters<typeof callProven>): Promise<boolean> => {
    const answer = await callProven(...request);
    if (answer?.ok) return true;
    const malformed = { name: ['passkey-name', messages.nameMalformed] } as const;
    if (answer !== null && !shared.showFieldErrors(answer, malformed)) {
      shared.showRefusal(answer, ['expired-challenge', 'unacceptable-passkey']);
    }
    return false;
  };

  shared.enhanceForm({
    id: 'passkey-form',
    checks: { 'passkey-name': (name) => (renamed === null ? null : shared.required(name.trim())) },
    async send({ 'passkey-name': entered = '' }) {
      const name = entered.trim();
      const isNew = renamed === null;
      const isDone = isNew ? await add(name) : await save('rename-passkey', { id: renamed, name });
      if (isDone) {
        hideNaming();
        await changed(isNew ? messages.passkeyAdded : messages.passkeyRenamed);
      }
      return false;
    },
  });
  elementById('cancel-passkey').addEventListener('click', () => {
    hideNaming();
    elementById('passkeys-title').focus();
  });
  elementById('add-passkey').addEventListener('click', () => showNaming(null, ''));
  onClick(elementById('remove-password'), async () => {
    if ((await change('remove-password')) === null) return;
    isPasswordless = true;
    await changed(messages.passwordRemoved);
  });

  const clear = (): void => {
    hideNaming();
    offer.hide();
    elementById('passkeys').hidden = true;
    elementById('passkey-list').replaceChildren();
  };
  return { load, clear, has: () => count > 0 };
}
