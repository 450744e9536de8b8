/**
 * Sends letters. A failed send is tried once more; where that fails too, `send` throws, and its
 * caller logs. Which transport carries the mail is a setting; both know the mail by its id, so that
 * a transport that can tell a repetition does not deliver it twice.
 *
 * Local development also keeps the last mails for the page /dev/mail. A deployment keeps none.
 */
import type { EmailTemplate, Mailer } from '../flows/ports/mail.ts';
import { throughBinding, type Binding } from './binding.ts';
import { renderEmail, type EmailBranding } from './templates.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { throughResend } from './resend.ts';
import type { Mail, Transport } from './transport.ts';

export interface MailSettings extends EmailBranding {
  from: Mail['from'];
  transport: { kind: 'binding' } | { kind: 'resend'; key: string };
}

export interface MailerOptions {
  settings: MailSettings;
  localDevelopment: boolean;
  /** The `send_email` binding; asked for only when a mail is sent through it. */
  binding: Binding | undefined;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  uuid(): string;
  nowMs(): number;
  /** Between the two tries. */
  pause(): Promise<void>;
  /** The first try failed. */
  onFailure(error: unknown): void;
  /** Local development: a mail was written, and the page lists it. */
  onWritten(kind: EmailTemplate['kind']): void;
}

/** One mailbox; no list, no display name, nothing that could end a header. */
const ADDRESS = /^[^\s,;<>"@]+@[^\s,;<>"@]+$/;

export function createMailer(options: MailerOptions): Mailer & { outbox: Outbox | null } {
  const { settings, uuid, nowMs, pause, onFailure, onWritten } = options;
  const transport: Transport =
    settings.transport.kind === 'binding'
      ? throughBinding(options.binding)
      : throughResend(settings.transport.key, options.fetch);
  const outbox = options.localDevelopment ? createOutbox() : null;

  return {
    outbox,
    async send({ to, contract, template }) {
      if (!ADDRESS.test(to)) throw new Error('the address is not one mailbox');
      const written = renderEmail(settings, contract, template);
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
