/** Resend's HTTP API. The idempotency key keeps a second try from delivering a second copy. */
import type { Mail, Transport } from './transport.ts';

const ENDPOINT = 'https://api.resend.com/emails';
const PATIENCE_MS = 5_000;

export function throughResend(
  key: string,
  fetch: (url: string, init: RequestInit) => Promise<Response>,
): Transport {
  return async ({ from, to, subject, text, html }, id) => {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': id,
        // Resend turns away requests without one.
        'User-Agent': 'gatehouse',
      },
      body: JSON.stringify({ from: mailbox(from), to: [to], subject, text, html }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // The body may quote the mail: only the status is told. Unread, it would hold the connection.
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Resend answered ${response.status}`);
  };
}

/** The settings let no quote and no backslash into the name. */
const mailbox = ({ name, email }: Mail['from']) => `"${name}" <${email}>`;
