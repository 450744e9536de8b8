/**
 * What the server tells a page's script, as data: where things are on the contract's wire, and the
 * words in the reader's language. Types only, since both sides read them.
 */
import type { Words } from './languages/english.ts';

/** What the script says, with what is said of a wrong password at this contract. */
export interface ScriptWords extends Omit<Words['script'], 'refusals'> {
  refusals: Words['script']['refusals'] & { invalid: string };
}

/** The reasons that a page has words for. */
export type Reason = keyof ScriptWords['refusals'];
export type PageName = 'login' | 'register' | 'verify' | 'forgot' | 'reset' | 'home';

/** The way to a value in a body: names of fields, from the outside in. */
export type Way = readonly string[];

/** A refusal as the contract's clients see it. */
export interface Mark {
  reason: Reason;
  status: number;
  /** What its body always says, the code first. */
  texts: readonly string[];
}

export interface LoginFields {
  identifier: string;
  kind: 'username' | 'email';
  password: string;
  /** Null: the contract's login knows no "remember me". */
  remember: string | null;
}

export interface TokenWays {
  access: Way;
  /** Null: it travels in a cookie, or there is none. */
  refresh: Way | null;
}

export interface SessionFields {
  id: string;
  device: string;
  address: string;
  lastUsed: string;
  current: string;
}

/** A contract as the pages see it: all of it is asked of the contract's own functions. */
export interface Shape {
  login: LoginFields;
  refresh: { in: 'cookie' } | { in: 'body'; field: string } | null;
  granted: TokenWays;
  refreshed: TokenWays | null;
  /** Null: the contract's user object has no such field. */
  profile: { name: Way | null; username: Way | null; email: Way | null };
  sessions: { list: Way; fields: SessionFields };
  marks: readonly Mark[];
}

export interface Sheet {
  page: PageName;
  language: string;
  contract: string;
  /** '' on bare paths, else `/` and the contract's name. */
  prefix: string;
  /** What the operations stand under, the prefix included. */
  api: string;
  profilePath: string;
  shape: Shape;
  returnTo: string;
  leastPassword: number;
  words: ScriptWords;
}
