/** The dialog that asks before a change. */
import { TEXT } from '../admin-text.ts';
import { elementById, fillTemplate, inputById } from './page-data.ts';

interface Confirmation {
  title: string;
  text: string;
  /** The text that has to be typed; null: a click is enough. */
  typed: string | null;
}

/** Resolves to false where the operator gives up. */
export function confirmChange({ title, text, typed }: Confirmation): Promise<boolean> {
  const dialog = elementById<HTMLDialogElement>('confirm');
  const input = inputById('confirm-name');
  const error = elementById('confirm-name-error');
  const submit = elementById('confirm-submit');
  elementById('confirm-title').textContent = title;
  elementById('confirm-text').textContent = text;
  elementById('confirm-by-name').hidden = typed === null;
  const label = document.querySelector('label[for=confirm-name]') as HTMLElement;
  label.textContent = fillTemplate(TEXT.typeName, { name: typed ?? '' });
  submit.textContent = title;
  input.value = '';
  const setError = (message: string) => {
    error.textContent = message;
    error.hidden = message === '';
    input.setAttribute('aria-invalid', String(message !== ''));
  };
  setError('');
  let isConfirmed = false;
  const listening = new AbortController();
  const { signal } = listening;
  const onSubmit = (event: Event) => {
    event.preventDefault();
    isConfirmed = typed === null || input.value.trim() === typed;
    if (isConfirmed) return dialog.close();
    setError(TEXT.wrongName);
    input.focus();
  };
  elementById('confirm-form').addEventListener('submit', onSubmit, { signal });
  elementById('cancel-confirm').addEventListener('click', () => dialog.close(), { signal });
  dialog.showModal();
  // The safe choice has the focus, unless a name is asked for.
  (typed === null ? elementById('cancel-confirm') : input).focus();
  return new Promise((resolve) => {
    const onClose = () => {
      listening.abort();
      resolve(isConfirmed);
    };
    dialog.addEventListener('close', onClose, { signal });
  });
}
