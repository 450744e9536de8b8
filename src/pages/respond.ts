/** What all pages take to be answered: the house they stand in, and the response they become. */
import type { Context, Hono } from 'hono';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Contract } from '../contracts/contract.ts';
import { pathsOf } from '../http/contract-operations.ts';
import { assetNames } from './assets.ts';
import type { Surroundings } from './frame.tsx';
import { wordsIn } from './languages/index.ts';
import { describeContract } from './contract-descriptor.ts';
import type { PageName, PageData } from './page-data.ts';

interface PageEnv {
  Variables: { language: string };
}

export type Pages = Hono<PageEnv>;
export type PageContext = Context<PageEnv>;

export interface PagesDependencies {
  contracts: readonly Contract[];
  allowedOrigins: readonly string[];
  /** Characters that a new password must have. */
  leastPassword: number;
  assets: Fetcher;
  /** Whose pages a bare path shows. */
  contractAt(url: URL): Contract;
  /** The API itself, for a form that is sent without scripts. */
  answer(request: Request, at: PageContext): Promise<Response>;
  /** Counts and logs such a form that was refused before the API was asked. */
  reportForm(contract: Contract, outcome: 'cross-site' | 'malformed', at: PageContext): void;
  /** What local development would have mailed; null everywhere else. */
  mails: Mails | null;
}

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  atMs: number;
}

export interface Mails {
  list(): Promise<Mail[]>;
}

/** A contract's pages: `prefix` is '' where it answers on bare paths. */
export interface Place {
  contract: Contract;
  prefix: string;
  returnTo?: string | undefined;
}

export async function surroundings(
  c: Context,
  { assets, leastPassword }: PagesDependencies,
): Promise<Surroundings> {
  return {
    nonce: crypto.randomUUID(),
    leastPassword,
    assets: await assetNames(assets),
    words: wordsIn(c.get('language')),
  };
}

export function pageDataFor(
  page: PageName,
  { words, leastPassword }: Surroundings,
  place: Place,
): PageData {
  const { contract, prefix, returnTo = `${prefix}/` } = place;
  const { script, invalid } = words;
  const refusals = { ...script.refusals, invalid: invalid[contract.identifier] };
  return {
    page,
    language: words.tag,
    contract: describeContract(contract),
    prefix,
    paths: pathsOf(contract, prefix),
    returnTo,
    leastPassword,
    messages: { ...script, refusals },
  };
}

/** A form that leads elsewhere needs leave to do so: `form-action` holds for redirects too. */
export const originsOf = (returnTo: string | null): string[] =>
  returnTo === null || returnTo.startsWith('/') ? [] : [new URL(returnTo).origin];

export async function htmlResponse(
  page: HtmlEscapedString | Promise<HtmlEscapedString>,
  init: ResponseInit,
): Promise<Response> {
  return new Response(`<!doctype html>${String(await page)}`, init);
}
