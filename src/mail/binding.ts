/**
 * Cloudflare's `send_email` binding. Locally it writes the bodies to files under .wrangler/tmp/email
 * and prints their paths; deployed, the sender's domain must have been onboarded (Email Sending).
 * It knows no idempotency key: where an answer is lost, the second try may deliver a second copy.
 */
import type { Mail, Transport } from './transport.ts';

/** What is used of the platform's SendEmail. */
export interface Binding {
  send(mail: Mail): Promise<unknown>;
}

export function throughBinding(binding: Binding | undefined): Transport {
  return async (mail) => {
    if (binding === undefined) throw new Error('there is no send_email binding named EMAIL');
    try {
      await binding.send(mail);
    } catch (error) {
      // The platform's message may quote the address; its code is one of a documented few.
      const code = String((error as { code?: unknown } | null)?.code ?? '');
      const known = /^E_[A-Z_]{1,60}$/.test(code) ? code : 'an error';
      throw new Error(`the send_email binding answered ${known}`, { cause: error });
    }
  };
}
