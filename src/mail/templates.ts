/**
 * Renders e-mails in the reader's language. Subject, text and HTML are rendered from one content, so that they agree; HTML
 * is escaped by the template tag, and no value can add a line to a header.
 *
 * E-mails name no user and no address, load no external resource and contain no password. A code is in
 * the body only, since subjects are shown on lock screens and in the local console.
 */
import { html } from 'hono/html';
import type { Accent, Brand } from '../brand-settings.ts';
import type { EmailLinks } from '../email-link-settings.ts';
import type { EmailTemplate } from '../flows/ports/mail.ts';
import type { Messages } from '../languages/messages.ts';

/** The sender as readers see it. */
export interface EmailBranding {
  brand: Pick<Brand, 'name' | 'accents' | 'support'>;
  /** Origin of the pages; a setting, never the request's Host header. */
  pagesOrigin: string;
  links: EmailLinks;
}

interface RenderedEmail {
  subject: string;
  text: string;
  html: string;
}

/** A code, a link, or the link that takes the code along. */
interface CallToAction {
  code?: string;
  link?: { label: string; url: string } | null;
}

interface Content {
  subject: string;
  /** Paragraphs before the action. */
  intro: readonly string[];
  action: CallToAction | null;
  /** Paragraphs after it. */
  closing: readonly string[];
}

export function renderEmail(
  branding: EmailBranding,
  contract: string,
  { template, messages }: { template: EmailTemplate; messages: Messages },
): RenderedEmail {
  const { brand, pagesOrigin } = branding;
  const { subject, ...parts } = contentOf(template, { contract, messages, links: branding.links });
  const fill = (text: string) => text.replaceAll('{service}', () => brand.name);
  const body = {
    intro: parts.intro.map(fill),
    action: parts.action,
    closing: parts.closing.map(fill),
    foot: [`${brand.name}, ${pagesOrigin}`, ...supportLine(brand, messages)].join(' · '),
    accent: brand.accents?.light ?? ACCENT,
  };
  return {
    subject: oneLine(fill(subject)),
    text: textOf(body),
    html: htmlOf({ ...body, subject: fill(subject) }, messages),
  };
}

const supportLine = ({ support }: EmailBranding['brand'], { layout }: Messages): string[] =>
  support === null ? [] : [`${layout.support} ${support.replace(/^mailto:/i, '')}`];

function contentOf(
  template: EmailTemplate,
  { contract, messages, links }: { contract: string; messages: Messages; links: EmailLinks },
): Content {
  const { emails: texts, tag } = messages;
  const { notYou, contactOperator } = texts;
  const linkTo = (url: string | null, label: string, secret: Record<string, string> = {}) =>
    url === null ? null : { label, url: fillUrl(url, { contract, language: tag, ...secret }) };
  const forgot = { link: linkTo(links.forgotPassword, texts.links.resetPassword) };
  const signIn = { link: linkTo(links.signIn, texts.links.signIn) };
  const codeAndLink = (code: string) => ({
    code,
    link: linkTo(links.verifyEmail, texts.links.verifyEmail, { code }),
  });
  switch (template.kind) {
    case 'verification-code':
    case 'email-change-code': {
      const { subject, intro, otherwise } = texts[template.kind];
      const lifetime = fillIn(texts.codeLifetime, { duration: duration(template.minutes, tag) });
      const { code, kind } = template;
      const action = kind === 'email-change-code' ? { code } : codeAndLink(code);
      return { subject, intro: [intro], action, closing: [lifetime, otherwise] };
    }
    case 'registration-code': {
      const { subject, intro, oneRegistration, otherwise } = texts[template.kind];
      const lifetime = fillIn(texts.codeLifetime, { duration: duration(template.minutes, tag) });
      const action = codeAndLink(template.code);
      return { subject, intro: [intro], action, closing: [lifetime, oneRegistration, otherwise] };
    }
    case 'registration-attempt': {
      const { subject, intro } = texts[template.kind];
      return { subject, intro: [intro], action: forgot, closing: [texts.ignore] };
    }
    case 'password-reset': {
      const { subject, intro, otherwise } = texts[template.kind];
      const lifetime = fillIn(texts.linkLifetime, { duration: duration(template.minutes, tag) });
      const { token } = template;
      const link = linkTo(links.resetPassword, texts.links.resetPassword, { token });
      return { subject, intro: [intro], action: { link }, closing: [lifetime, otherwise] };
    }
    case 'password-changed': {
      const { subject, intro, passkeysStay, neverSent } = texts[template.kind];
      const closing = template.passkeysStay ? [passkeysStay, neverSent] : [neverSent];
      return { subject, intro: [intro], action: forgot, closing };
    }
    case 'email-change-notice':
    case 'factors-reset': {
      const { subject, intro, otherwise } = texts[template.kind];
      return { subject, intro: [intro], action: forgot, closing: [otherwise] };
    }
    case 'email-changed': {
      const { subject, intro } = texts[template.kind];
      return { subject, intro: [intro], action: signIn, closing: [contactOperator] };
    }
    case 'factor-added': {
      const { subject, intro, keepCodes } = texts[template.kind];
      return {
        subject,
        intro: [intro, notYou],
        action: forgot,
        closing: [keepCodes, contactOperator],
      };
    }
    case 'factor-removed': {
      const { subject, intro } = texts[template.kind];
      return { subject, intro: [intro, notYou], action: forgot, closing: [contactOperator] };
    }
    case 'recovery-codes-replaced': {
      const { subject, intro, neverSent } = texts[template.kind];
      return { subject, intro: [intro, notYou], action: forgot, closing: [neverSent] };
    }
    case 'recovery-code-used': {
      const { subject, intro, left } = texts[template.kind];
      const number = new Intl.NumberFormat(tag).format(template.left);
      const closing = [fillIn(left, { left: number })];
      return { subject, intro: [intro, notYou], action: forgot, closing };
    }
    case 'passkey-added': {
      const { subject, intro, passwordToo } = texts[template.kind];
      const closing = [...passkeyName(template.name, texts), passwordToo, contactOperator];
      return { subject, intro: [intro], action: signIn, closing };
    }
    case 'passkey-removed': {
      const { subject, intro } = texts[template.kind];
      const closing = [...passkeyName(template.name, texts), contactOperator];
      return { subject, intro: [intro, notYou], action: forgot, closing };
    }
    case 'passkey-counted-back': {
      const { subject, intro } = texts[template.kind];
      const closing = [...passkeyName(template.name, texts), contactOperator];
      return { subject, intro: [intro], action: signIn, closing };
    }
    case 'password-removed': {
      const { subject, intro, removePasskeys } = texts[template.kind];
      return { subject, intro: [intro], action: forgot, closing: [removePasskeys] };
    }
    case 'new-device': {
      const { subject, intro, otherwise } = texts[template.kind];
      const time = new Intl.DateTimeFormat(tag, {
        dateStyle: 'long',
        timeStyle: 'long',
        timeZone: 'UTC',
      }).format(template.atMs);
      // The time first: in text from right to left its day would join the Latin letters before it.
      const device = [time, ...template.device].join(' · ');
      const lifetime = fillIn(texts.linkLifetime, { duration: duration(template.minutes, tag) });
      const { token } = template;
      const link = linkTo(links.revokeSession, texts.links.revokeSession, { token });
      return { subject, intro: [intro, device, otherwise], action: { link }, closing: [lifetime] };
    }
    case 'account-deleted': {
      const { subject, intro, otherwise } = texts[template.kind];
      return { subject, intro: [intro], action: null, closing: [otherwise] };
    }
  }
}

/** `{name}` in the text becomes the value of that name. */
const fillIn = (text: string, values: Readonly<Record<string, string>>) =>
  text.replaceAll(/\{(\w+)\}/g, (blank, name: string) => values[name] ?? blank);

const fillUrl = (url: string, values: Readonly<Record<string, string>>) =>
  url.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));

/**
 * The line with a passkey's name, where it has one of letters, digits and spaces. A thief of a session
 * could name a passkey after a link or an address, which the service's own e-mail would then carry to
 * its victim.
 */
const passkeyName = (name: string | null, texts: Messages['emails']): string[] =>
  name !== null && /^[\p{L}\p{M}\p{N} '’()+_-]{1,64}$/u.test(name)
    ? [fillIn(texts.passkeyName, { name })]
    : [];

/** “10 minutes”, “1 day”, in the language's own words. */
function duration(minutes: number, tag: string): string {
  const [value, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** Replaces line breaks and other control characters, which could end a header. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

type Body = Omit<Content, 'subject'> & { foot: string; accent: Pick<Accent, 'plain' | 'text'> };

function textOf({ intro, action, closing, foot }: Body): string {
  const shown = [action?.code, action?.link?.url].flatMap((line) => line ?? []);
  const lines = [
    ...intro.map(oneLine),
    ...shown.map((line) => `    ${oneLine(line)}`),
    ...closing.map(oneLine),
    `-- \n${oneLine(foot)}`,
  ];
  return `${lines.join('\n\n')}\n`;
}

const page = 'margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif';
const column = 'max-width:480px;margin:0 auto';
const digits = 'font:600 32px/1.5 ui-monospace,monospace;letter-spacing:6px;margin:24px 0';
/** The colour of the pages, where the operator has set none. */
const ACCENT = { plain: '#1f5c4d', text: '#ffffff' };
const button = ({ plain, text }: Body['accent']) =>
  `display:inline-block;padding:12px 24px;border-radius:8px;background:${plain};color:${text};text-decoration:none`;
const small = 'font-size:13px;color:#6b7280;overflow-wrap:anywhere';

function htmlOf(
  { subject, intro, action, closing, foot, accent }: Body & { subject: string },
  { tag, dir }: Messages,
): string {
  return String(
    html`<!doctype html>
      <html lang="${tag}" dir="${dir}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta name="color-scheme" content="light dark" />
          <title>${subject}</title>
        </head>
        <body style="${page}">
          <div style="${column}">
            ${paragraphs(intro)} ${shownAction(action, accent)} ${paragraphs(closing)}
            <p style="${small}">${foot}</p>
          </div>
        </body>
      </html> `,
  );
}

const paragraphs = (lines: readonly string[]) => lines.map((line) => html`<p>${line}</p> `);

function shownAction(action: CallToAction | null, accent: Body['accent']) {
  const { code, link } = action ?? {};
  return [
    ...(code === undefined ? [] : [html`<p dir="ltr" style="${digits}">${code}</p>`]),
    ...(link
      ? [
          html`<p><a href="${link.url}" style="${button(accent)}">${link.label}</a></p>
            <p dir="ltr" style="${small}">${link.url}</p>`,
        ]
      : []),
  ];
}
