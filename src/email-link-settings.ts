/** The setting EMAIL_LINKS: where the links of e-mails lead, for deployments with pages of their own. */
import * as z from 'zod/mini';
import { group } from './setting-kinds.ts';

/** The secret that each link carries; null: none. */
const SECRETS = {
  signIn: null,
  forgotPassword: null,
  resetPassword: 'token',
  verifyEmail: 'code',
  revokeSession: 'token',
} as const;

type LinkName = keyof typeof SECRETS;

const template = z.optional(z.string().check(z.minLength(1), z.maxLength(1024)));

export const emailLinkValues = group({
  signIn: template,
  forgotPassword: template,
  resetPassword: template,
  verifyEmail: template,
  revokeSession: template,
});

type EmailLinkValues = z.infer<typeof emailLinkValues>;

/** Templates of links, with `{name}` in place of a value; null: the e-mail has no such link. */
export type EmailLinks = Readonly<Record<LinkName, string | null>>;

/** The reasons why a link would lead nowhere, or tell its secret to others than its reader. */
export const emailLinkFlaws = (values: EmailLinkValues, localDevelopment: boolean): string[] =>
  (Object.keys(SECRETS) as LinkName[]).flatMap((name) => {
    const link = values[name];
    const flaw = link === undefined ? null : flawOf(link, SECRETS[name], localDevelopment);
    return flaw === null ? [] : [`${name} ${flaw}`];
  });

function flawOf(link: string, secret: string | null, localDevelopment: boolean): string | null {
  const scheme = localDevelopment ? /^https?:/ : /^https:/;
  const filled = link.replaceAll(/\{\w+\}/g, 'x');
  // A placeholder in the host could lead to another's.
  const hasPlainOrigin = /^https?:\/\/[^\s/?#{}@\\]+(?:[/?#]|$)/.test(link);
  if (
    !scheme.test(link) ||
    !hasPlainOrigin ||
    !URL.canParse(filled) ||
    /[\s<>"\p{C}]/u.test(link)
  ) {
    return `is not an absolute ${localDevelopment ? '' : 'https '}URL`;
  }
  const allowed = ['contract', 'language', ...(secret === null ? [] : [secret])];
  const known = allowed.map((each) => `{${each}}`).join(', ');
  if (used(link).some((name) => !allowed.includes(name)) || /[{}]/.test(filled)) {
    return `has an unknown placeholder: it may have ${known}`;
  }
  if (secret === null) return null;
  const [before = '', ...fragment] = link.split('#');
  if (used(before).includes(secret)) {
    return `has {${secret}} before "#", where it would stand in logs and Referer headers: put it behind`;
  }
  return used(fragment.join('#')).includes(secret) ? null : `needs {${secret}} behind "#"`;
}

const used = (text: string) => [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);

/** The operator's links, and the service's own pages for the others. Codes come without a link there. */
export const emailLinksOf = (values: EmailLinkValues, pagesOrigin: string): EmailLinks => ({
  signIn: values.signIn ?? `${pagesOrigin}/{contract}/login`,
  forgotPassword: values.forgotPassword ?? `${pagesOrigin}/{contract}/forgot`,
  resetPassword: values.resetPassword ?? `${pagesOrigin}/{contract}/reset#token={token}`,
  verifyEmail: values.verifyEmail ?? null,
  revokeSession: values.revokeSession ?? `${pagesOrigin}/{contract}/revoke#token={token}`,
});
