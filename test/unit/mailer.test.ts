/**
 * A letter is tried twice and no more, the same mail both times; transports tell what failed without
 * quoting it; and only local development keeps what was sent.
 */
import { describe, expect, it } from 'vitest';
import type { EmailTemplate } from '../../src/flows/ports/mail.ts';
import { createMailer, type MailerOptions } from '../../src/mail/mailer.ts';
import type { Mail } from '../../src/mail/transport.ts';

const KEY = 're_s3cr3t';
const CANARY = 'c4n4ry@example.com';
const mail = {
  to: 'john@example.com',
  contract: 'email-cookie',
  template: { kind: 'verification-code', code: '123456', minutes: 10 } as EmailTemplate,
};

type Called = { url: string; init: RequestInit };

/** A mailer whose tries end as `outcomes` say: an error is thrown, a response is answered. */
function post(outcomes: unknown[], changes: Partial<MailerOptions> = {}) {
  const told: string[] = [];
  const sent: Mail[] = [];
  const called: Called[] = [];
  const failures: unknown[] = [];
  let ids = 0;
  const next = () => {
    const outcome = outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const mailer = createMailer({
    settings: {
      service: 'Gatehouse',
      pagesOrigin: 'https://login.example',
      from: { name: 'Gatehouse, Inc.', email: 'no-reply@login.example' },
      transport: { kind: 'binding' },
    },
    localDevelopment: false,
    binding: {
      send: async (message: Mail) => {
        sent.push(message);
        next();
        return { messageId: 'm' };
      },
    },
    fetch: async (url, init) => {
      called.push({ url, init });
      return next() as Response;
    },
    uuid: () => `id-${(ids += 1)}`,
    nowMs: () => 1_000,
    pause: async () => void told.push('pause'),
    onFailure: (error) => void failures.push(error),
    onWritten: (kind) => void told.push(`written ${kind}`),
    ...changes,
  });
  return { mailer, told, sent, called, failures };
}

const byResend: Partial<MailerOptions> = {
  settings: {
    service: 'Gatehouse',
    pagesOrigin: 'https://login.example',
    from: { name: 'Gatehouse, Inc.', email: 'no-reply@login.example' },
    transport: { kind: 'resend', key: KEY },
  },
};
const accepted = () => Response.json({ id: 'r' });

/** What is wrong with a send, in words. */
const complaintOf = (work: Promise<void>) =>
  work.then(
    () => '',
    (error: unknown) => (error as Error).message,
  );

describe('through the binding, a mail', () => {
  it('has sender, recipient, subject, and both bodies', async () => {
    const { mailer, sent, told } = post([]);
    await mailer.send(mail);
    expect(sent).toEqual([
      {
        from: { name: 'Gatehouse, Inc.', email: 'no-reply@login.example' },
        to: 'john@example.com',
        subject: 'Confirm your address for Gatehouse',
        text: expect.stringContaining('123456'),
        html: expect.stringContaining('123456'),
      },
    ]);
    expect(told).toEqual([]);
  });

  it.each([
    [{ code: 'E_SENDER_NOT_VERIFIED' }, 'the send_email binding answered E_SENDER_NOT_VERIFIED'],
    [{ code: `E_OF ${CANARY}` }, 'the send_email binding answered an error'],
    [{}, 'the send_email binding answered an error'],
  ])('that fails with %o tells no more than the code', async (flags, message) => {
    const failure = () => Object.assign(new Error(`email to ${CANARY} not allowed`), flags);
    const { mailer } = post([failure(), failure()]);
    expect(await complaintOf(mailer.send(mail))).toBe(message);
  });

  it('fails where there is no binding, and not before', async () => {
    const { mailer } = post([], { binding: undefined });
    expect(await complaintOf(mailer.send(mail))).toBe('there is no send_email binding named EMAIL');
  });
});

describe('through Resend, a mail', () => {
  it('is one POST with key, idempotency key and both bodies', async () => {
    const { mailer, called } = post([accepted()], byResend);
    await mailer.send(mail);
    expect(called).toHaveLength(1);
    const [{ url, init } = { url: '', init: {} }] = called;
    expect(url).toBe('https://api.resend.com/emails');
    expect(init).toMatchObject({
      method: 'POST',
      headers: {
        Authorization: `Bearer ${KEY}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'id-1',
        'User-Agent': 'gatehouse',
      },
      signal: expect.any(AbortSignal),
    });
    expect(JSON.parse(String(init.body))).toEqual({
      from: '"Gatehouse, Inc." <no-reply@login.example>',
      to: ['john@example.com'],
      subject: 'Confirm your address for Gatehouse',
      text: expect.stringContaining('123456'),
      html: expect.stringContaining('123456'),
    });
  });

  it('has the same idempotency key and body in both tries, and its own in every send', async () => {
    const { mailer, called } = post(
      [new Response(CANARY, { status: 500 }), accepted(), accepted()],
      byResend,
    );
    await mailer.send(mail);
    await mailer.send(mail);
    expect(called.map(({ init }) => new Headers(init.headers).get('Idempotency-Key'))).toEqual([
      'id-1',
      'id-1',
      'id-2',
    ]);
    expect(called[1]?.init.body).toBe(called[0]?.init.body);
  });

  it.each([301, 401, 422, 429, 503])(
    'that is answered %i tells the status alone',
    async (status) => {
      const refusal = () => new Response(`${CANARY} ${KEY}`, { status });
      const { mailer, failures } = post([refusal(), refusal()], byResend);
      expect(await complaintOf(mailer.send(mail))).toBe(`Resend answered ${status}`);
      expect(failures).toEqual([new Error(`Resend answered ${status}`)]);
    },
  );
});

describe.each([
  { transport: 'binding', changes: {}, good: () => undefined },
  { transport: 'Resend', changes: byResend, good: accepted },
])('a failed send through $transport', ({ changes, good }) => {
  it('is tried once more after a pause, and told', async () => {
    const first = new TypeError('lost');
    const { mailer, sent, called, told, failures } = post([first, good()], changes);
    await mailer.send(mail);
    expect(sent.length + called.length).toBe(2);
    expect(told).toEqual(['pause']);
    expect(failures).toHaveLength(1);
  });

  it('throws where the second try fails, too, and is not tried again', async () => {
    const lost = [1, 2, 3].map(() => new TypeError('lost'));
    const { mailer, sent, called, told, failures } = post(lost, changes);
    await expect(mailer.send(mail)).rejects.toThrow(/lost|answered an error/);
    expect(sent.length + called.length).toBe(2);
    expect(told).toEqual(['pause']);
    expect(failures).toHaveLength(1);
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
])('sends nothing to what is not one mailbox: %j', async (to) => {
  const { mailer, sent } = post([]);
  await expect(mailer.send({ ...mail, to })).rejects.toThrow(/one mailbox/);
  expect(sent).toEqual([]);
});

describe('the outbox', () => {
  it('is not there in a deployment', async () => {
    const { mailer, told } = post([]);
    await mailer.send(mail);
    expect(mailer.outbox).toBeNull();
    expect(told).toEqual([]);
  });

  it('lists what local development wrote, the newest first, and says so', async () => {
    const { mailer, told } = post([], { localDevelopment: true });
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
    expect(told).toEqual(['written verification-code', 'written password-changed']);
  });

  it('lists nothing that was not sent', async () => {
    const lost = [new Error('lost'), new Error('lost')];
    const { mailer, told } = post(lost, { localDevelopment: true });
    await expect(mailer.send(mail)).rejects.toThrow(/lost|answered an error/);
    expect(await mailer.outbox?.list()).toEqual([]);
    expect(told).toEqual(['pause']);
  });

  it('keeps the last fifty', async () => {
    const { mailer } = post([], { localDevelopment: true });
    for (let n = 0; n < 60; n += 1) await mailer.send(mail);
    const ids = (await mailer.outbox?.list())?.map(({ id }) => id);
    expect(ids).toHaveLength(50);
    expect(ids).toEqual([...Array(50).keys()].map((n) => `id-${60 - n}`));
  });
});
