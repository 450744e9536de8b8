/**
 * Serves the pages: every contract's under its name, and one contract's on bare paths. Only requests
 * that accept HTML get them; for all others the API answers.
 */
import { Hono, type Context, type Handler } from 'hono';
import { accepts } from 'hono/accepts';
import { languageDetector } from 'hono/language';
import type { Contract } from '../contracts/contract.ts';
import { ForgotPage, RegisterPage, ResetPage, VerifyPage } from './account.tsx';
import { serveAsset } from './assets.ts';
import { mountMail } from './dev-mail.tsx';
import { DocsPage, docsHeaders } from './docs.tsx';
import { HomePage } from './home.tsx';
import { languages } from '../languages/index.ts';
import { mountLoginForm } from './login-form.ts';
import { LoginPage } from './login.tsx';
import { pageHeaders } from './content-security-policy.ts';
import {
  htmlResponse,
  originsOf,
  pageDataFor,
  createRenderContext,
  type Pages,
  type PagesDependencies,
} from './render.ts';
import { returnTarget } from './return-to.ts';
import type { PageName } from './page-data.ts';

const PATHS: Readonly<Record<PageName, string>> = {
  login: '/login',
  register: '/register',
  verify: '/verify',
  forgot: '/forgot',
  reset: '/reset',
  home: '/',
};

const PAGES = {
  login: LoginPage,
  register: RegisterPage,
  verify: VerifyPage,
  forgot: ForgotPage,
  reset: ResetPage,
  home: HomePage,
};

export function createPages(deps: PagesDependencies): Pages {
  const pages: Pages = new Hono();
  const [{ tag: fallbackLanguage }] = languages;
  const language = languageDetector({
    supportedLanguages: languages.map(({ tag }) => tag),
    fallbackLanguage,
    order: ['header'],
    caches: false,
  });

  const serve =
    (page: PageName, named: Contract | null): Handler =>
    async (c, next) => {
      const url = new URL(c.req.url);
      if (!wantsHtml(c)) return next();
      const contract = named ?? deps.contractAt(url);
      const prefix = named === null ? '' : `/${named.name}`;
      const returnTo = returnTarget(
        url.searchParams.get('return_to'),
        c.req.url,
        deps.allowedOrigins,
      );
      const context = await createRenderContext(c, deps);
      const pageData = pageDataFor(page, context, {
        contract,
        prefix,
        returnTo: returnTo ?? undefined,
      });
      const Page = PAGES[page];
      return htmlResponse(<Page context={context} pageData={pageData} />, {
        headers: pageHeaders(context.nonce, originsOf(returnTo)),
      });
    };

  // Fixed paths instead of patterns cost the API's own requests nothing.
  for (const named of [null, ...deps.contracts]) {
    const prefix = named === null ? '' : `/${named.name}`;
    for (const [page, path] of Object.entries(PATHS) as [PageName, string][]) {
      pages.get(prefix + path, language, serve(page, named));
    }
    if (named !== null) {
      pages.get(prefix, (c, next) => (wantsHtml(c) ? c.redirect(`${prefix}/`) : next()));
    }
  }
  mountLoginForm(pages, deps, language);

  pages.get('/docs', language, async (c) => {
    const context = await createRenderContext(c, deps);
    const documents = deps.contracts.map(({ name }) => ({ name, url: `/openapi/${name}.json` }));
    return htmlResponse(<DocsPage context={context} documents={documents} />, {
      headers: docsHeaders(context.nonce),
    });
  });
  pages.get('/assets/:name', (c, next) => serveAsset(deps.assets, c, next));
  if (deps.mails !== null) mountMail(pages, { deps, mails: deps.mails }, language);
  return pages;
}

/** Checks that Accept names text/html: API clients, which send a wildcard, get no page. */
function wantsHtml(c: Context): boolean {
  return (
    accepts(c, {
      header: 'Accept',
      supports: ['text/html'],
      default: '',
      match: (types) =>
        types.some(({ type, q }) => type.toLowerCase() === 'text/html' && q > 0) ? 'html' : '',
    }) === 'html'
  );
}
