/** Sending e-mails: transports, the retry, their errors, and the outbox of local development. */
import { describe, expect, it } from 'vitest';
import { emailLinksOf } from '../../src/email-link-settings.ts';
import type { EmailTemplate } from '../../src/flows/ports/mail.ts';
import { createMailer, type MailerOptions } from '../../src/mail/mailer.ts';
import { plainBrand } from '../fixtures/brand.ts';
import { loadMessages } from '../fixtures/messages.ts';
import type { Mail } from '../../src/mail/transport.ts';

const KEY = 're_s3cr3t';
const SECRET = 'c4n4ry@example.com';
const mail = {
  to: { email: 'john@example.com', language: 'en' },
  contract: 'email-cookie',
  template: { kind: 'verification-code', code: '123456', minutes: 10 } as EmailTemplate,
};
const settings = {
  brand: plainBrand,
  pagesOrigin: 'https://login.example',
  links: emailLinksOf({}, 'https://login.example'),
  from: { name: 'Gatehouse, Inc.', email: 'no-reply@login.example' },
};

/** Creates a mailer whose attempts end with `outcomes`: an error is thrown, a response returned. */
function createTestMailer(
  transport: 'binding' | 'resend',
  outcomes: unknown[] = [],
  changes: Partial<MailerOptions> = {},
) {
  const calls: string[] = [];
  const sent: Mail[] = [];
  const requests: { url: string; init: RequestInit }[] = [];
  const failures: unknown[] = [];
  let ids = 0;
  const next = () => {
    const outcome = outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const mailer = createMailer({
    settings: {
      ...settings,
      transport: transport === 'binding' ? { kind: 'binding' } : { kind: 'resend', key: KEY },
    },
    localDevelopment: false,
    loadMessages,
    binding: {
      send: async (message: Mail) => {
        sent.push(message);
        next();
        return { messageId: 'm' };
      },
    },
    fetch: async (url, init) => {
      requests.push({ url, init });
      return next() as Response;
    },
    uuid: () => `id-${(ids += 1)}`,
    nowMs: () => 1_000,
    pause: async () => void calls.push('pause'),
    onFailure: (error) => void failures.push(error),
    onWritten: (kind) => void calls.push(`written ${kind}`),
    ...changes,
  });
  return { mailer, calls, sent, requests, failures };
}

const accepted = () => Response.json({ id: 'r' });

describe('the binding', () => {
  it('gets sender, recipient, subject and both bodies', async () => {
    const { mailer, sent, calls } = createTestMailer('binding');
    await mailer.send(mail);
    expect(sent).toEqual([
      {
        from: settings.from,
        to: 'john@example.com',
        subject: 'Confirm your address for Gatehouse',
        text: expect.stringContaining('123456'),
        html: expect.stringContaining('123456'),
      },
    ]);
    expect([calls, mailer.outbox]).toEqual([[], null]);
  });

  it.each([
    [{ code: 'E_SENDER_NOT_VERIFIED' }, 'the send_email binding answered E_SENDER_NOT_VERIFIED'],
    [{ code: `E_OF ${SECRET}` }, 'the send_email binding answered an error'],
    [{}, 'the send_email binding answered an error'],
  ])('reports nothing of an error with %o but its code', async (flags, message) => {
    const failure = () => Object.assign(new Error(`email to ${SECRET} not allowed`), flags);
    const { mailer } = createTestMailer('binding', [failure(), failure()]);
    await expect(mailer.send(mail)).rejects.toThrow(new Error(message));
  });

  it('is missed on the first e-mail, not at start', async () => {
    const { mailer } = createTestMailer('binding', [], { binding: undefined });
    await expect(mailer.send(mail)).rejects.toThrow('there is no send_email binding named EMAIL');
  });
});

describe('Resend', () => {
  it('gets one POST with key, idempotency key and both bodies', async () => {
    const { mailer, requests } = createTestMailer('resend', [accepted()]);
    await mailer.send(mail);
    expect(requests).toEqual([
      {
        url: 'https://api.resend.com/emails',
        init: {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${KEY}`,
            'Content-Type': 'application/json',
            'Idempotency-Key': 'id-1',
            'User-Agent': 'gatehouse',
          },
          body: expect.any(String),
          signal: expect.any(AbortSignal),
        },
      },
    ]);
    expect(JSON.parse(String(requests[0]?.init.body))).toEqual({
      from: '"Gatehouse, Inc." <no-reply@login.example>',
      to: ['john@example.com'],
      subject: 'Confirm your address for Gatehouse',
      text: expect.stringContaining('123456'),
      html: expect.stringContaining('123456'),
    });
  });

  it('gets the same key and body on the retry, and another key for another e-mail', async () => {
    const outcomes = [new Response(SECRET, { status: 500 }), accepted(), accepted()];
    const { mailer, requests } = createTestMailer('resend', outcomes);
    await mailer.send(mail);
    await mailer.send(mail);
    const keys = requests.map(({ init }) => new Headers(init.headers).get('Idempotency-Key'));
    expect(keys).toEqual(['id-1', 'id-1', 'id-2']);
    expect(requests[1]?.init.body).toBe(requests[0]?.init.body);
  });

  it.each([301, 401, 422, 429, 503])('is reported with its status %i alone', async (status) => {
    const response = () => new Response(`${SECRET} ${KEY}`, { status });
    const { mailer, failures } = createTestMailer('resend', [response(), response()]);
    const error = new Error(`Resend answered ${status}`);
    await expect(mailer.send(mail)).rejects.toThrow(error);
    expect(failures).toEqual([error]);
  });
});

describe.each([
  { transport: 'binding', good: () => undefined },
  { transport: 'resend', good: accepted },
] as const)('a failed attempt through $transport', ({ transport, good }) => {
  it('is reported and retried after a pause', async () => {
    const outcomes = [new TypeError('lost'), good()];
    const { mailer, sent, requests, calls, failures } = createTestMailer(transport, outcomes);
    await mailer.send(mail);
    expect(sent.length + requests.length).toBe(2);
    expect([calls, failures.length]).toEqual([['pause'], 1]);
  });

  it('is thrown if the retry fails, and the e-mail is not in the outbox', async () => {
    const outcomes = [1, 2, 3].map(() => new TypeError('lost'));
    const local = { localDevelopment: true };
    const { mailer, sent, requests, calls } = createTestMailer(transport, outcomes, local);
    await expect(mailer.send(mail)).rejects.toThrow(/lost|answered an error/);
    expect(sent.length + requests.length).toBe(2);
    expect(await mailer.outbox?.list()).toEqual([]);
    expect(calls).toEqual(['pause']);
  });
});

it.each([
  'john@example.com\r\nBcc: eve@example.com',
  'john@example.com,eve@example.com',
  'john@example.com eve@example.com',
  'John <john@example.com>',
  'john',
  '@example.com',
  '',
])('refuses a recipient that is not one mailbox: %j', async (to) => {
  const { mailer, sent } = createTestMailer('binding');
  await expect(mailer.send({ ...mail, to: { email: to, language: 'en' } })).rejects.toThrow(
    /one mailbox/,
  );
  expect(sent).toEqual([]);
});

describe('the outbox of local development', () => {
  it('lists e-mails, newest first, and reports each', async () => {
    const { mailer, calls } = createTestMailer('binding', [], { localDevelopment: true });
    await mailer.send(mail);
    await mailer.send({ ...mail, template: { kind: 'password-changed' } });
    expect(await mailer.outbox?.list()).toEqual([
      {
        id: 'id-2',
        to: 'john@example.com',
        subject: 'Your password for Gatehouse was changed',
        text: expect.stringContaining('https://login.example/email-cookie/forgot'),
        atMs: 1_000,
      },
      expect.objectContaining({ id: 'id-1', text: expect.stringContaining('123456') }),
    ]);
    expect(calls).toEqual(['written verification-code', 'written password-changed']);
  });

  it('keeps the last fifty', async () => {
    const { mailer } = createTestMailer('binding', [], { localDevelopment: true });
    for (let n = 0; n < 60; n += 1) await mailer.send(mail);
    const ids = (await mailer.outbox?.list())?.map(({ id }) => id);
    expect(ids).toEqual([...Array(50).keys()].map((n) => `id-${60 - n}`));
  });
});
