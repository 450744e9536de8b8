/** The parts of pages for passkeys. All are hidden until a script has found that the browser has any. */
import type { FC } from 'hono/jsx';
import { NamingForm } from './form.tsx';
import type { Messages } from '../languages/messages.ts';

interface PartProps {
  messages: Messages;
}

/** A button that asks the browser for a passkey. */
export const PasskeyButton: FC<{ id: string; class: 'quiet' | 'link'; text: string }> = ({
  text,
  ...button
}) => (
  <button type="button" hidden {...button}>
    {text}
  </button>
);

/**
 * Stands on the signed-in page, where a sign-in leads that has no `return_to`: on its way to another
 * page a sign-in asks for nothing more.
 */
export const PasskeyOffer: FC<PartProps> = ({ messages: { passkeys } }) => (
  <div id="passkey-offer" class="notice" hidden>
    <p>{passkeys.offer}</p>
    <button type="button" id="accept-passkey" class="link">
      {passkeys.add}
    </button>{' '}
    <button type="button" id="decline-passkey" class="link">
      {passkeys.notNow}
    </button>
  </div>
);

/** The passkeys on the signed-in page, and the removal of the password beside them. */
export const PasskeySection: FC<PartProps> = ({ messages: { passkeys } }) => (
  <>
    <section id="passkeys" aria-labelledby="passkeys-title" hidden>
      <h2 id="passkeys-title" tabindex={-1}>
        {passkeys.title}
      </h2>
      <p class="hint">{passkeys.intro}</p>
      <ul id="passkey-list" />
      <div class="actions">
        <button type="button" id="add-passkey" class="quiet" hidden>
          {passkeys.add}
        </button>
      </div>
      <div id="passwordless" hidden>
        <p class="hint">{passkeys.passwordless}</p>
        <button type="button" id="remove-password" class="link">
          {passkeys.removePassword}
        </button>
      </div>
    </section>
    <section id="passkey-naming" aria-labelledby="naming-title" hidden>
      <h2 id="naming-title">{passkeys.add}</h2>
      <NamingForm
        of="passkey"
        submit={passkeys.submit}
        cancel={passkeys.cancel}
        label={passkeys.name}
        hint={passkeys.nameHint}
      />
    </section>
  </>
);
