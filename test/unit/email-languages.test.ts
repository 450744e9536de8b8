/** E-mails of every kind in every language. */
import { describe, expect, it } from 'vitest';
import type { EmailTemplate } from '../../src/flows/ports/mail.ts';
import type { Messages } from '../../src/languages/messages.ts';
import { english } from '../../src/languages/load.ts';
import { renderEmail } from '../../src/mail/templates.ts';
import { allMessages } from '../fixtures/messages.ts';
import { settingsWith } from './sample-env.ts';

/** With all of the paragraphs that a kind may have. */
const SAMPLES: { [K in EmailTemplate['kind']]: Extract<EmailTemplate, { kind: K }> } = {
  'verification-code': { kind: 'verification-code', code: '012345', minutes: 10 },
  'registration-code': { kind: 'registration-code', code: '012345', minutes: 10 },
  'registration-attempt': { kind: 'registration-attempt' },
  'password-reset': { kind: 'password-reset', token: 't0k3n', minutes: 60 },
  'password-changed': { kind: 'password-changed', passkeysStay: true },
  'email-change-code': { kind: 'email-change-code', code: '012345', minutes: 1 },
  'email-change-notice': { kind: 'email-change-notice' },
  'email-changed': { kind: 'email-changed' },
  'factor-added': { kind: 'factor-added' },
  'factor-removed': { kind: 'factor-removed' },
  'recovery-codes-replaced': { kind: 'recovery-codes-replaced' },
  'recovery-code-used': { kind: 'recovery-code-used', left: 9 },
  'passkey-added': { kind: 'passkey-added', name: 'Zoë' },
  'passkey-removed': { kind: 'passkey-removed', name: 'Zoë' },
  'passkey-counted-back': { kind: 'passkey-counted-back', name: 'Zoë' },
  'password-removed': { kind: 'password-removed' },
  'factors-reset': { kind: 'factors-reset' },
  'new-device': {
    kind: 'new-device',
    device: ['Firefox', 'Linux'],
    atMs: Date.UTC(2026, 10, 22),
    token: 't0k3n',
    minutes: 1440,
  },
  'account-deleted': { kind: 'account-deleted' },
};

const { mail } = settingsWith({
  BRAND: { name: 'Acme', support: 'https://acme.example/help' },
  EMAIL_LINKS: { verifyEmail: 'https://acme.example/#{code}' },
});
const rendered = (template: EmailTemplate, messages: Messages) =>
  renderEmail(mail, 'email-cookie', { template, messages });
const paragraphs = (text: string) => text.split('\n\n').map((paragraph) => paragraph.trim());
/** Codes, links and the foot are the same in all. */
const isShared = (paragraph: string) => /^(?:\d{6}|https:\S+|-- \n.*)$/.test(paragraph);

const ENTITIES: Record<string, string> = { '&amp;': '&', '&#39;': "'", '&quot;': '"' };
const visibleText = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:amp|#39|quot);/g, (entity) => ENTITIES[entity] ?? '')
    .replaceAll(/\s+/g, ' ');

describe.each(allMessages.map((messages) => [messages.tag, messages] as const))(
  'in %s',
  (tag, messages) => {
    it.each(Object.values(SAMPLES).map((sample) => [sample.kind, sample] as const))(
      '%s agrees in text and HTML, fills in all values and says nothing of ours',
      (_, template) => {
        const { subject, text, html } = rendered(template, messages);
        expect(html).toContain(`<html lang="${tag}" dir="${messages.dir}">`);
        const shown = visibleText(html);
        for (const paragraph of paragraphs(text)) {
          expect(shown).toContain(paragraph.replace('-- \n', '').replaceAll(/\s+/g, ' '));
        }
        for (const part of [subject, text, html]) {
          expect(part).toContain('Acme');
          expect(part).not.toMatch(/[{}]|undefined|\bNaN\b|Gatehouse/);
        }
      },
    );

    it.skipIf(tag === 'en')('leaves no sentence in English', () => {
      for (const template of Object.values(SAMPLES)) {
        const [own, its] = [rendered(template, messages), rendered(template, english)];
        expect(own.subject).not.toBe(its.subject);
        const left = new Set(paragraphs(its.text));
        const same = paragraphs(own.text).filter((each) => left.has(each) && !isShared(each));
        expect([template.kind, same]).toEqual([template.kind, []]);
      }
    });
  },
);

it.each([
  ['de', 'gilt 10 Minuten', '1 Stunde', '22. November 2026'],
  ['ar', '10 دقائق', 'ساعة', '22 نوفمبر 2026'],
  ['ja', '10 分', '1 時間', '2026年11月22日'],
])('says times and durations in the words of %s', (...[tag, minutes, hour, date]) => {
  const messages = allMessages.find((each) => each.tag === tag) as Messages;
  const text = Object.values(SAMPLES)
    .map((template) => rendered(template, messages).text)
    .join('');
  for (const words of [minutes, hour, date]) expect(text).toContain(words);
});

it.each([
  ['ar', /^22 نوفمبر 2026 .*UTC · Firefox · Linux$/],
  ['he', /^22 בנובמבר 2026 .*UTC · Firefox · Linux$/],
  ['en', /^November 22, 2026 .*UTC · Firefox · Linux$/],
])('keeps the day beside its month in a line with a device in %s', (tag, line) => {
  const messages = allMessages.find((each) => each.tag === tag) as Messages;
  const { text } = rendered(SAMPLES['new-device'], messages);
  expect(paragraphs(text)).toContainEqual(expect.stringMatching(line));
});

it('sends the owner of a deleted account to the operator, and to no password', () => {
  const { text } = rendered(SAMPLES['account-deleted'], english);
  expect(paragraphs(text).slice(0, -1)).toEqual([
    'Your account was deleted with all of its data.',
    'If you did not ask for this, contact the operator of Acme.',
  ]);
});
