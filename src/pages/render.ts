/** Dependencies of the pages, and the steps from a request to an HTML response. */
import type { Context, Hono } from 'hono';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Brand } from '../brand-settings.ts';
import type { Contract } from '../contracts/contract.ts';
import { assetNames } from './assets.ts';
import { assetPath, type RenderContext } from './layout.tsx';
import type { LoadMessages } from '../languages/load.ts';
import {
  describeContract,
  describePasswordRules,
  type PasswordRules,
} from './contract-descriptor.ts';
import type { PageName, PageData } from './page-data.ts';
import { pageRequests } from './page-requests.ts';

export interface PageEnv {
  Variables: { language: string };
}

export type Pages = Hono<PageEnv>;
export type PageContext = Context<PageEnv>;

export interface PagesDependencies {
  contracts: readonly Contract[];
  allowedOrigins: readonly string[];
  brand: Brand;
  passwordRules: PasswordRules;
  /** False: no account can set up a second factor. */
  offersSecondFactor: boolean;
  /** Tells whether the page at an address may ask for passkeys. */
  offersPasskeysAt(url: URL): boolean;
  assets: Fetcher;
  loadMessages: LoadMessages;
  /** Returns the contract of a bare path. */
  contractAt(url: URL): Contract;
  /** Tells whether a path is one of its contract's API. */
  ownsPath(url: URL): boolean;
  /** Calls the API, for a form that is sent without scripts. */
  answer(request: Request, c: PageContext): Promise<Response>;
  /** Counts and logs such a form that was refused before the API was called. */
  reportForm(contract: Contract, outcome: 'cross-site' | 'malformed', c: PageContext): void;
  /** The e-mails of local development; null in a deployment. */
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

/** The pages of a contract; `prefix` is '' on bare paths. */
export interface PageLocation {
  contract: Contract;
  prefix: string;
  /** Null or absent: the signed-in page. */
  returnTo?: string | null | undefined;
  transfer?: PageData['transfer'];
  returnRefused?: PageData['returnRefused'];
}

/** `search`: the query by which the page can be asked for again. */
export async function createRenderContext(
  c: Context,
  deps: PagesDependencies,
  search = new URL(c.req.url).search,
): Promise<RenderContext> {
  const { assets, brand, passwordRules, offersSecondFactor, offersPasskeysAt, loadMessages } = deps;
  return {
    nonce: crypto.randomUUID(),
    brand,
    passwordRules,
    offersSecondFactor,
    offersPasskeys: offersPasskeysAt(new URL(c.req.url)),
    assets: await assetNames(assets),
    messages: await loadMessages(c.get('language')),
    search,
  };
}

export function pageDataFor(
  page: PageName,
  { messages, passwordRules, offersSecondFactor, offersPasskeys, assets }: RenderContext,
  location: PageLocation,
): PageData {
  const { contract, prefix, transfer = null, returnRefused = null } = location;
  const {
    invalid,
    script: { activity, ...script },
  } = messages;
  const refusals = { ...script.refusals, invalid: invalid[contract.identifier] };
  return {
    page,
    language: messages.tag,
    contract: describeContract(contract),
    prefix,
    requests: pageRequests(contract, prefix),
    returnTo: location.returnTo ?? `${prefix}/`,
    transfer,
    returnRefused,
    passwordRules: describePasswordRules(contract, passwordRules),
    offersSecondFactor,
    offersPasskeys,
    scripts: {
      factors: assetPath(assets, 'factors.js'),
      passkeys: assetPath(assets, 'passkeys.js'),
      profile: assetPath(assets, 'profile.js'),
      security: assetPath(assets, 'security.js'),
    },
    messages: { ...script, refusals, ...(page === 'home' && { activity }) },
  };
}

/** Returns the origins for `form-action`, which applies to the redirect after a form as well. */
export const originsOf = (returnTo: string | null): string[] =>
  returnTo === null || returnTo.startsWith('/') ? [] : [new URL(returnTo).origin];

export async function htmlResponse(
  page: HtmlEscapedString | Promise<HtmlEscapedString>,
  init: ResponseInit,
): Promise<Response> {
  return new Response(`<!doctype html>${String(await page)}`, init);
}
