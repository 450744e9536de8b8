/** An e-mail through the real `send_email` binding, in its local mode. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { emailLinksOf } from '../../src/email-link-settings.ts';
import { createMailer } from '../../src/mail/mailer.ts';
import { plainBrand } from '../fixtures/brand.ts';
import { loadMessages } from '../fixtures/messages.ts';

it('goes through the binding of the local runtime, and stands in the outbox', async () => {
  const failures: unknown[] = [];
  const mailer = createMailer({
    settings: {
      brand: plainBrand,
      pagesOrigin: 'https://login.example',
      links: emailLinksOf({}, 'https://login.example'),
      from: { name: 'Gatehouse', email: 'no-reply@login.example' },
      transport: { kind: 'binding' },
    },
    localDevelopment: true,
    loadMessages,
    binding: env.EMAIL,
    fetch,
    uuid: () => crypto.randomUUID(),
    nowMs: () => Date.now(),
    pause: async () => undefined,
    onFailure: (error) => void failures.push(error),
    onWritten: () => undefined,
  });
  await mailer.send({
    to: { email: 'john@example.com', language: 'en' },
    contract: 'email-cookie',
    template: { kind: 'password-reset', token: 'a-T_0k3n', minutes: 30 },
  });
  expect(failures).toEqual([]);
  expect(await mailer.outbox?.list()).toMatchObject([
    { to: 'john@example.com', text: expect.stringContaining('/email-cookie/reset#token=a-T_0k3n') },
  ]);
});
