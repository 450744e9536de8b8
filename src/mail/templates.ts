/**
 * Texts of all e-mails. Subject, text and HTML are rendered from one content, so that they agree; HTML
 * is escaped by the template tag, and no value can add a line to a header.
 *
 * E-mails name no user and no address, load no external resource and contain no password. A code is in
 * the body only, since subjects are shown on lock screens and in the local console.
 */
import { html } from 'hono/html';
import type { EmailTemplate } from '../flows/ports/mail.ts';

/** The sender as readers see it. */
export interface EmailBranding {
  /** Name of the service. */
  service: string;
  /** Origin of the pages that links lead to; a setting, never the request's Host header. */
  pagesOrigin: string;
}

export interface RenderedEmail {
  subject: string;
  text: string;
  html: string;
}

/** The code, or the link. */
type CallToAction = { code: string } | { label: string; url: string };

interface Content {
  subject: string;
  intro: string;
  action: CallToAction;
  closing: readonly string[];
}

export function renderEmail(
  branding: EmailBranding,
  contract: string,
  template: EmailTemplate,
): RenderedEmail {
  const { service } = branding;
  const pages = `${branding.pagesOrigin}/${encodeURIComponent(contract)}`;
  const { subject, intro, action, closing } = contentOf(template, { service, pages });
  const foot = `${service}, ${branding.pagesOrigin}`;
  return {
    subject: oneLine(subject),
    text: textOf({ intro, action, closing, foot }),
    html: htmlOf({ subject, intro, action, closing, foot }),
  };
}

function contentOf(
  template: EmailTemplate,
  { service, pages }: { service: string; pages: string },
): Content {
  const forgot = { label: 'Choose a new password', url: `${pages}/forgot` };
  const signIn = { label: 'Sign in', url: `${pages}/login` };
  switch (template.kind) {
    case 'verification-code':
      return {
        subject: `Confirm your address for ${service}`,
        intro: 'Enter this code to confirm your e-mail address:',
        action: { code: template.code },
        closing: codeClosing(template, 'the address stays unconfirmed'),
      };
    case 'registration-code':
      return {
        subject: `Confirm your address for ${service}`,
        intro:
          'Somebody, perhaps you, asked to create an account with this address. Enter this code to confirm it:',
        action: { code: template.code },
        closing: [
          `It is good for ${span(template.minutes)}, with the password of this registration only: each registration has a code of its own. Do not share it.`,
          'If this was not you, you need to do nothing: without the code there will be no account.',
        ],
      };
    case 'registration-attempt':
      return {
        subject: `You already have an account at ${service}`,
        intro:
          'Somebody, perhaps you, asked to create an account with this address. There is one already, and nothing about it was changed. Should you have forgotten its password:',
        action: forgot,
        closing: ['If this was not you, you need to do nothing.'],
      };
    case 'password-reset':
      return {
        subject: `Reset your password for ${service}`,
        intro: 'Follow this link to choose a new password:',
        action: {
          label: 'Choose a new password',
          // In the fragment, so that the token reaches no server log and no Referer header.
          url: `${pages}/reset#token=${encodeURIComponent(template.token)}`,
        },
        closing: [
          `It is good once, for ${span(template.minutes)}.`,
          'If this was not you, you need to do nothing: your password stays as it is.',
        ],
      };
    case 'password-changed':
      return {
        subject: `Your password for ${service} was changed`,
        intro:
          'The password of your account was changed. If this was you, you need to do nothing. If this was not you, take the account back at once:',
        action: forgot,
        closing: template.passkeysStay
          ? [
              'The passkeys of your account sign in as before. Sign in, and remove those that are not yours.',
              NEVER_SENT,
            ]
          : [NEVER_SENT],
      };
    case 'email-change-code':
      return {
        subject: `Confirm your new address for ${service}`,
        intro: 'Enter this code to make this the e-mail address of your account:',
        action: { code: template.code },
        closing: codeClosing(template, 'nothing changes'),
      };
    case 'email-change-notice':
      return {
        subject: `A new address was asked for at ${service}`,
        intro:
          'Somebody, perhaps you, asked to replace this e-mail address of your account. That happens as soon as the new address is confirmed. If this was not you, choose another password at once:',
        action: forgot,
        closing: ['If this was you, you need to do nothing here.'],
      };
    case 'email-changed':
      return {
        subject: `Your address for ${service} was changed`,
        intro:
          'Your account has another e-mail address now, and this was the last e-mail to this one. If this was you, you need to do nothing. If this was not you, sign in as long as your password is good, and change both:',
        action: signIn,
        closing: [`If you cannot sign in any more, contact the operator of ${service}.`],
      };
    case 'factor-added':
      return {
        subject: `An authenticator app was added at ${service}`,
        intro: `Signing in to your account now asks for a code of an authenticator app besides the password. ${NOT_YOU}`,
        action: forgot,
        closing: ['Keep the recovery codes where you find them without your phone.'],
      };
    case 'factor-removed':
      return {
        subject: `An authenticator app was removed at ${service}`,
        intro: `An authenticator app was removed from your account. ${NOT_YOU}`,
        action: forgot,
        closing: [`If you cannot sign in any more, contact the operator of ${service}.`],
      };
    case 'recovery-codes-replaced':
      return {
        subject: `New recovery codes at ${service}`,
        intro: `New recovery codes were made for your account, and the old ones are void. ${NOT_YOU}`,
        action: forgot,
        closing: ['Recovery codes are never sent by mail.'],
      };
    case 'recovery-code-used':
      return {
        subject: `A recovery code was used at ${service}`,
        intro: `A recovery code of your account was used in place of the authenticator app; ${template.left} are left. ${NOT_YOU}`,
        action: forgot,
        closing: ['New recovery codes can be made on the account page.'],
      };
    case 'passkey-added':
      return {
        subject: `A passkey was added at ${service}`,
        intro: `A passkey${quoted(template.name)} was added to your account, and signs in without the password. If this was you, you need to do nothing. If this was not you, sign in and remove it at once:`,
        action: signIn,
        closing: [
          'Then choose another password. A new password alone does not remove a passkey.',
          `If you cannot sign in any more, contact the operator of ${service}.`,
        ],
      };
    case 'passkey-removed':
      return {
        subject: `A passkey was removed at ${service}`,
        intro: `A passkey${quoted(template.name)} was removed from your account, and signs in no more. ${NOT_YOU}`,
        action: forgot,
        closing: [`If you cannot sign in any more, contact the operator of ${service}.`],
      };
    case 'passkey-counted-back':
      return {
        subject: `A passkey may have been copied, at ${service}`,
        intro: `A passkey${quoted(template.name)} of your account was just used, and its device has counted no more signatures than the last time. If this was you, the device was probably reset or repaired. If this was not you, somebody may have a copy of it: sign in and remove it at once:`,
        action: signIn,
        closing: [`If you cannot sign in any more, contact the operator of ${service}.`],
      };
    case 'password-removed':
      return {
        subject: `The password of your account at ${service} was removed`,
        intro:
          'Your account has no password any more: it is signed in to with its passkeys. If this was you, you need to do nothing. If this was not you, choose a new password at once:',
        action: forgot,
        closing: ['Then sign in, and remove the passkeys that are not yours.'],
      };
    case 'factors-reset':
      return {
        subject: `Your second factor at ${service} was reset`,
        intro: `The operator of ${service} removed the authenticator apps, passkeys and recovery codes of your account. If you asked for this, sign in with your password, or choose one below where you have none, and set up new ones. ${NOT_YOU}`,
        action: forgot,
        closing: [`If you did not ask for this, contact the operator of ${service}.`],
      };
  }
}

const NOT_YOU =
  'If this was you, you need to do nothing. If this was not you, choose another password at once:';

const NEVER_SENT = 'Passwords are never sent by mail.';

/**
 * The name of a passkey, where it has one of letters, digits and spaces. A thief of a session could name
 * a passkey after a link or an address, which the service's own e-mail would then carry to its victim.
 */
const quoted = (name: string | null) =>
  name !== null && /^[\p{L}\p{M}\p{N} '’()+_-]{1,64}$/u.test(name) ? ` “${name}”` : '';

/** `otherwise`: the consequence of not entering the code. */
const codeClosing = ({ minutes }: { minutes: number }, otherwise: string) => [
  `It is good for ${span(minutes)}. Do not share it.`,
  `If this was not you, you need to do nothing: without the code ${otherwise}.`,
];

const span = (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`);

/** Replaces line breaks and other control characters, which could end a header. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

type Body = Omit<Content, 'subject'> & { foot: string };

function textOf({ intro, action, closing, foot }: Body): string {
  const shown = `    ${oneLine('code' in action ? action.code : action.url)}`;
  const lines = [oneLine(intro), shown, ...closing.map(oneLine), `-- \n${oneLine(foot)}`];
  return `${lines.join('\n\n')}\n`;
}

const page = 'margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif';
const column = 'max-width:480px;margin:0 auto';
const digits = 'font:600 32px/1.5 ui-monospace,monospace;letter-spacing:6px;margin:24px 0';
const button =
  'display:inline-block;padding:12px 24px;border-radius:8px;background:#1d4ed8;color:#fff;text-decoration:none';
const small = 'font-size:13px;color:#6b7280;overflow-wrap:anywhere';

function htmlOf({ subject, intro, action, closing, foot }: Body & { subject: string }): string {
  const shown =
    'code' in action
      ? html`<p style="${digits}">${action.code}</p>`
      : html`<p><a href="${action.url}" style="${button}">${action.label}</a></p>
          <p style="${small}">${action.url}</p>`;
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta name="color-scheme" content="light dark" />
          <title>${subject}</title>
        </head>
        <body style="${page}">
          <div style="${column}">
            <p>${intro}</p>
            ${shown} ${closing.map((line) => html`<p>${line}</p> `)}
            <p style="${small}">${foot}</p>
          </div>
        </body>
      </html> `,
  );
}
