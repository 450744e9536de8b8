/** Transport through Resend's HTTP API; the idempotency key prevents a second copy on retry. */
import type { Mail, Transport } from './transport.ts';

const ENDPOINT = 'https://api.resend.com/emails';
const TIMEOUT_MS = 5_000;

export function resendTransport(
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
        // Resend rejects requests without a User-Agent.
        'User-Agent': 'gatehouse',
      },
      body: JSON.stringify({ from: mailbox(from), to: [to], subject, text, html }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // Only the status is reported, since the body may quote the e-mail; cancelled, it frees the connection.
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Resend answered ${response.status}`);
  };
}

/** Settings allow neither quotes nor backslashes in the name. */
const mailbox = ({ name, email }: Mail['from']) => `"${name}" <${email}>`;
