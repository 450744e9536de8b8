/** Shows what is shown once: the secret of a new authenticator app, and recovery codes. */
import { textAt, valueAt } from '../json-path.ts';
import type { Answer } from './call.ts';
import { createElement } from './elements.ts';
import { contract, elementById, fillTemplate, inputById, messages } from './page-data.ts';
import { drawQrCode } from './qr-code.ts';

const { paths } = contract;

/** Returns false where the answer has no secret. */
export function showSecret({ body }: Answer): boolean {
  const uri = textAt(body, paths.factors.uri);
  const secret = textAt(body, paths.factors.secret);
  if (uri === null || secret === null) return false;
  const qr = elementById('qr');
  qr.replaceChildren(drawQrCode(uri, qr.dataset['label'] ?? ''));
  elementById('secret').textContent = secret.replaceAll(/.{4}(?=.)/g, '$& ');
  elementById<HTMLAnchorElement>('open-app').href = uri;
  inputById('new-code').value = '';
  elementById('enrolment').hidden = false;
  return true;
}

export function hideSecret(): void {
  elementById('enrolment').hidden = true;
  elementById('qr').replaceChildren();
  elementById('secret').textContent = '';
  elementById('open-app').removeAttribute('href');
}

/** The recovery codes of an answer; empty where it has none. */
export function codesIn({ body }: Answer): string[] {
  const codes = valueAt(body, paths.factors.recoveryCodes);
  return Array.isArray(codes) ? codes.map(String) : [];
}

/** The codes that are shown, as text; where it can be downloaded; and what comes after them. */
let shown = { text: '', file: '', onKept: () => {} };

/** Shows codes until the user has kept them. */
export function showRecoveryCodes(codes: readonly string[], onKept: () => void): void {
  const text = `${fillTemplate(messages.codesOf, { host: location.host })}\n\n${codes.join('\n')}\n`;
  const items = codes.map((code) => {
    const item = createElement('li', '');
    item.append(createElement('code', code));
    return item;
  });
  elementById('recovery-codes').replaceChildren(...items);
  const file = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  shown = { text, file, onKept };
  const download = elementById<HTMLAnchorElement>('download');
  download.href = file;
  download.download = `${location.hostname}-recovery-codes.txt`;
  elementById('recovery').hidden = false;
  elementById('recovery-title').focus();
}

export function hideRecoveryCodes(): void {
  elementById('recovery').hidden = true;
  elementById('recovery-codes').replaceChildren();
  elementById('recovery-notice').textContent = '';
  elementById('download').removeAttribute('href');
  URL.revokeObjectURL(shown.file);
  shown = { text: '', file: '', onKept: () => {} };
}

elementById('copy').addEventListener('click', async () => {
  const notice = elementById('recovery-notice');
  try {
    await navigator.clipboard.writeText(shown.text);
    notice.textContent = messages.copied;
  } catch {
    notice.textContent = messages.notCopied;
  }
});
elementById('print').addEventListener('click', () => print());
elementById('codes-kept').addEventListener('click', () => {
  const { onKept } = shown;
  hideRecoveryCodes();
  onKept();
});
