/**
 * Transport through Cloudflare's `send_email` binding. Locally it writes the bodies to files under
 * .wrangler/tmp/email and prints their paths; deployed, the sender's domain must be onboarded (Email
 * Sending). It has no idempotency key: after a lost answer, the retry may deliver a second copy.
 */
import type { Mail, Transport } from './transport.ts';

/** The part of the platform's SendEmail in use. */
export interface Binding {
  send(mail: Mail): Promise<unknown>;
}

export function bindingTransport(binding: Binding | undefined): Transport {
  return async (mail) => {
    if (binding === undefined) throw new Error('there is no send_email binding named EMAIL');
    try {
      await binding.send(mail);
    } catch (error) {
      // The platform's message may quote the address; its error code does not.
      const code = String((error as { code?: unknown } | null)?.code ?? '');
      const known = /^E_[A-Z_]{1,60}$/.test(code) ? code : 'an error';
      throw new Error(`the send_email binding answered ${known}`, { cause: error });
    }
  };
}
