/**
 * Renders and sends e-mails through the transport of the MAIL setting. A failed send is retried once
 * with the same id; if the retry fails, `send` throws and its caller logs.
 *
 * Local development also keeps the last e-mails for the page /dev/mail; a deployment keeps none.
 */
import type { EmailTemplate, Mailer } from '../flows/ports/mail.ts';
import { bindingTransport, type Binding } from './binding.ts';
import type { LoadMessages } from '../languages/load.ts';
import { renderEmail, type EmailBranding } from './templates.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { resendTransport } from './resend.ts';
import type { Mail, Transport } from './transport.ts';

export interface MailSettings extends EmailBranding {
  from: Mail['from'];
  transport: { kind: 'binding' } | { kind: 'resend'; key: string };
}

export interface MailerOptions {
  settings: MailSettings;
  localDevelopment: boolean;
  /** The `send_email` binding; needed only if it is the transport. */
  binding: Binding | undefined;
  loadMessages: LoadMessages;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  uuid(): string;
  nowMs(): number;
  /** Waits before the retry. */
  pause(): Promise<void>;
  /** Called when the first attempt failed. */
  onFailure(error: unknown): void;
  /** Called in local development after an e-mail was stored for /dev/mail. */
  onWritten(kind: EmailTemplate['kind']): void;
}

/** A single mailbox, without display name and characters that could end a header. */
const ADDRESS = /^[^\s,;<>"@]+@[^\s,;<>"@]+$/;

export function createMailer(options: MailerOptions): Mailer & { outbox: Outbox | null } {
  const { settings, uuid, nowMs, pause, onFailure, onWritten } = options;
  const transport: Transport =
    settings.transport.kind === 'binding'
      ? bindingTransport(options.binding)
      : resendTransport(settings.transport.key, options.fetch);
  const outbox = options.localDevelopment ? createOutbox() : null;

  return {
    outbox,
    async send({ to: { email: to, language }, contract, template }) {
      if (!ADDRESS.test(to)) throw new Error('the address is not one mailbox');
      const messages = await options.loadMessages(language);
      const written = renderEmail(settings, contract, { template, messages });
      const mail = { from: settings.from, to, ...written };
      const id = uuid();
      try {
        await transport(mail, id);
      } catch (error) {
        onFailure(error);
        await pause();
        await transport(mail, id);
      }
      if (outbox === null) return;
      outbox.add({ id, to, subject: written.subject, text: written.text, atMs: nowMs() });
      onWritten(template.kind);
    },
  };
}
