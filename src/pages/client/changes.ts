/** Changes to the ways in which the user signs in, and the proof of identity that they need. */
import { methodsAt } from '../refusal-reason.ts';
import type { Answer } from './call.ts';
import { contract, elementById, messages } from './page-data.ts';
import { createProofDialog } from './proof-dialog.ts';
import type { Shared } from './scripts.ts';

/** The rest of the signed-in page. */
export interface AccountPage {
  /** The identifier of the account. */
  accountName(): string;
  /** Leaves a page whose session has ended. */
  leave(): void;
  showNotice(message: string): void;
  /** Loads the list of sessions again; returns how many there are. */
  reloadSessions(): Promise<number>;
  /** Loads the profile again, and shows it. */
  reloadProfile(): Promise<void>;
}

type Request = Parameters<Shared['callSignedIn']>;

export interface Changes {
  page: AccountPage;
  /** Asks for a proof of identity where one is missing, and goes on. Null: it was not answered, or not proven. */
  callProven(...request: Request): Promise<Answer | null>;
  /** The same for a button, whose refusals are shown above the page. */
  change(...request: Request): Promise<Answer | null>;
  /** After a change: offers to end other sessions, which a thief may have opened (ASVS 5.0 V7.4.3). */
  changed(notice: string): Promise<void>;
}

/** `reload`: loads all sections again. */
export function createChanges(
  shared: Shared,
  page: AccountPage,
  reload: () => Promise<unknown>,
): Changes {
  const askProof = createProofDialog(shared, page);

  const callProven = async (...request: Request): Promise<Answer | null> => {
    for (;;) {
      const answer = await shared.callSignedIn(...request);
      if (answer === 'out') page.leave();
      else if (answer === null) page.showNotice(messages.offline);
      else if (shared.readRefusal(answer, []).reason !== 'reauthentication-required') return answer;
      else if (await askProof(methodsAt(answer.body, contract.paths.error))) continue;
      return null;
    }
  };

  const change = async (...request: Request): Promise<Answer | null> => {
    const answer = await callProven(...request);
    if (answer === null || answer.ok) return answer;
    const { reason } = shared.readRefusal(answer, ['not-found']);
    page.showNotice(messages.refusals[reason ?? 'internal']);
    if (reason === 'not-found') await reload();
    return null;
  };

  const changed = async (notice: string): Promise<void> => {
    const [sessions] = await Promise.all([page.reloadSessions(), reload()]);
    elementById('others').hidden = sessions < 2;
    page.showNotice(notice);
  };

  return { page, callProven, change, changed };
}
