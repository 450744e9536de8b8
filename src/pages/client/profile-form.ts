/** The form for the profile: of name, picture and language those that the contract has. */
import { textAt } from '../json-path.ts';
import type { Answer } from './call.ts';
import type { Check } from './form.ts';
import type { ProvenPage } from './profile.ts';
import type { Shared } from './scripts.ts';
import { contract, inputById, messages } from './page-data.ts';

const MOST_NAME = 100;
const { profile: paths } = contract.paths;

const errors = {
  name: messages.refusals.malformed,
  avatar: messages.pictureMalformed,
  language: messages.refusals.malformed,
};
const checks: Readonly<Record<keyof typeof errors, Check>> = {
  name: (value) => (value.length > MOST_NAME ? errors.name : null),
  avatar: (value) => (value === '' || /^https:\/\/\S+$/i.test(value) ? null : errors.avatar),
  language: () => null,
};
type Field = keyof typeof errors;
const idOf = (field: Field) => `profile-${field}`;

export function createProfileForm(shared: Shared, page: ProvenPage) {
  const fields = (['name', 'avatar', 'language'] as const).filter(
    (field) => document.getElementById(idOf(field)) !== null,
  );
  const saved: Partial<Record<Field, string>> = {};

  /** Resolves to true unless the change was refused, which is shown. */
  const save = async (...request: Parameters<Shared['callSignedIn']>): Promise<boolean> => {
    const answer = await shared.callSignedIn(...request);
    if (answer === 'out') page.leave();
    else if (answer?.ok) return true;
    else showRefusal(answer);
    return false;
  };
  const showRefusal = (answer: Answer | null) => {
    const named = fields.map((field) => [field, [idOf(field), errors[field]] as const]);
    if (!shared.showFieldErrors(answer, Object.fromEntries(named))) {
      shared.showRefusal(answer, ['malformed']);
    }
  };

  if (fields.length > 0) {
    shared.enhanceForm({
      id: 'profile-form',
      checks: Object.fromEntries(fields.map((field) => [idOf(field), checks[field]])),
      async send(values) {
        const entered = Object.fromEntries(
          fields.map((field) => [field, values[idOf(field)] ?? '']),
        );
        const { language = '', ...texts } = entered;
        const isChanged = (['name', 'avatar'] as const).some(
          (field) => field in texts && texts[field] !== saved[field],
        );
        // An account's language cannot be taken away.
        const isOtherLanguage = language !== '' && language !== saved.language;
        if (isChanged && !(await save('update-profile', texts))) return false;
        if (isOtherLanguage && !(await save('update-language', { language }))) return false;
        await page.reloadProfile();
        shared.showNotice(messages.profileSaved, 'good');
        return false;
      },
    });
  }

  return {
    show(body: unknown): void {
      for (const field of fields) {
        const input = inputById(idOf(field));
        const value = textAt(body, paths[field]) ?? '';
        input.value = field === 'language' ? offeredLanguage(input, value) : value;
        saved[field] = input.value;
      }
    },
    clear(): void {
      for (const field of fields) inputById(idOf(field)).value = '';
    },
  };
}

/** Finds the option for a language: `de-AT` is written to in `de`. */
function offeredLanguage(select: unknown, language: string): string {
  const { options } = select as HTMLSelectElement;
  const tags = new Set([...options].map(({ value }) => value));
  const [primary = ''] = language.split('-');
  return [language, primary].find((tag) => tags.has(tag)) ?? '';
}
