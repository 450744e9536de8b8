/** Entry point of the script for the parts of the signed-in page that change the account itself. */
import { createActivitySection } from './activity-section.ts';
import type { AccountPage, Changes } from './changes.ts';
import { createDeletionSection } from './deletion-section.ts';
import { createEmailSection } from './email-section.ts';
import { createProfileForm } from './profile-form.ts';
import type { Shared } from './scripts.ts';

/** The signed-in page with the proof of identity that some changes need. */
export interface ProvenPage extends AccountPage, Pick<Changes, 'callProven'> {
  /** The account may have no password. */
  hasPasskeys(): boolean;
}

export function createProfileSections(shared: Shared, page: ProvenPage) {
  const profile = createProfileForm(shared, page);
  const email = createEmailSection(shared, page);
  const deletion = createDeletionSection(shared, page);
  const activity = createActivitySection(shared, page);
  return {
    /** Fills in the profile of an answer. */
    show(body: unknown): void {
      profile.show(body);
      email.show(body);
      deletion.show();
    },
    /** Removes what is private. */
    clear(): void {
      for (const section of [profile, email, deletion, activity]) section.clear();
    },
  };
}
