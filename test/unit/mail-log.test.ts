/** Log lines of e-mails and the breach check: the cause of a failure, and nothing of the e-mail. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { logFailure, logMail } from '../../src/telemetry/log.ts';

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  ['Resend answered 422'],
  ['Have I Been Pwned answered 503'],
  ['the send_email binding answered E_SENDER_NOT_VERIFIED'],
  ['the send_email binding answered an error'],
  ['there is no send_email binding named EMAIL'],
  ['the health probe timed out'],
  ['the asset openapi/email-cookie.json is missing'],
])('names the cause: %s', (message) => {
  logFailure(new Error(message), 'mail, first try', null);
  expect(lines).toMatchObject([{ event: 'failure', during: 'mail, first try', known: message }]);
});

it.each(['the address is not one mailbox: c4n4ry@example.com', 'c4n4ry answered 422'])(
  'does not log an unknown message: %s',
  (message) => {
    logFailure(new Error(message, { cause: new Error('c4n4ry') }), 'mail, first try', null);
    expect(lines).toMatchObject([{ event: 'failure', known: null }]);
    expect(JSON.stringify(lines)).not.toContain('c4n4ry');
  },
);

it('logs the template of an e-mail in local development, and its page', () => {
  logMail('verification-code');
  expect(lines).toEqual([{ event: 'mail', template: 'verification-code', see: '/dev/mail' }]);
});
