/** The texts of one language: for the pages' markup, their script, and e-mails. */
import type { Emails } from './en/emails.ts';
import type { Pages } from './en/pages.ts';
import type { Script } from './en/script.ts';

export interface Language {
  /** BCP 47. */
  tag: string;
  dir: 'ltr' | 'rtl';
  /** The language's name for itself. */
  name: string;
}

export interface Texts extends Pages {
  script: Script;
  emails: Emails;
}

export interface Messages extends Language, Texts {}
