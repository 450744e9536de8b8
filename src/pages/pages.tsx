/**
 * Serves the pages: every contract's under its name, and one contract's on bare paths. Requests that do
 * not accept HTML are the API's, as are its own paths where a client takes anything.
 */
import { Hono, type Context, type Handler } from 'hono';
import type { Contract } from '../contracts/contract.ts';
import { ForgotPage, RegisterPage, ResetPage, RevokePage, VerifyPage } from './account.tsx';
import { serveAsset } from './assets.ts';
import { mountMail } from './dev-mail.tsx';
import { DocsPage, docsHeaders } from './docs.tsx';
import { HomePage } from './home.tsx';
import { NotFoundPage } from './not-found.tsx';
import { pageLanguage as language } from './language.ts';
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
import { readReturn } from './return-to.ts';
import type { PageName } from './page-data.ts';
import { wantsHtml } from './wants-html.ts';

const PATHS: Readonly<Record<PageName, string>> = {
  login: '/login',
  register: '/register',
  verify: '/verify',
  forgot: '/forgot',
  reset: '/reset',
  revoke: '/revoke',
  home: '/',
};

const PAGES = {
  login: LoginPage,
  register: RegisterPage,
  verify: VerifyPage,
  forgot: ForgotPage,
  reset: ResetPage,
  revoke: RevokePage,
  home: HomePage,
};

export function createPages(deps: PagesDependencies): Pages {
  const pages: Pages = new Hono();

  const serve =
    (page: PageName, named: Contract | null): Handler =>
    async (c, next) => {
      const url = new URL(c.req.url);
      if (!wantsHtml(c) && !(takesAnything(c) && !deps.ownsPath(url))) return next();
      const contract = named ?? deps.contractAt(url);
      const prefix = named === null ? '' : `/${named.name}`;
      const target = readReturn(url, { contract, allowedOrigins: deps.allowedOrigins });
      const context = await createRenderContext(c, deps);
      const pageData = pageDataFor(page, context, {
        contract,
        prefix,
        ...target,
      });
      const Page = PAGES[page];
      return htmlResponse(<Page context={context} pageData={pageData} />, {
        headers: pageHeaders(context, originsOf(target.returnTo)),
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
  mountLoginForm(pages, deps);
  // A Well-Known URL for Changing Passwords (W3C): password managers lead their users here.
  pages.get('/.well-known/change-password', (c) => c.redirect('/#change'));

  pages.get('/docs', language, async (c) => {
    const context = await createRenderContext(c, deps);
    const documents = deps.contracts.map(({ name }) => ({ name, url: `/openapi/${name}.json` }));
    return htmlResponse(<DocsPage context={context} documents={documents} />, {
      headers: docsHeaders(context),
    });
  });
  pages.get('/assets/:name', (c, next) => serveAsset(deps.assets, c, next));
  if (deps.mails !== null) mountMail(pages, deps, deps.mails);
  pages.get('*', async (c, next) => {
    const url = new URL(c.req.url);
    if (!wantsHtml(c) || deps.ownsPath(url)) return next();
    await language(c, () => Promise.resolve());
    const contract = deps.contractAt(url);
    const isNamed = url.pathname.startsWith(`/${contract.name}/`);
    const context = await createRenderContext(c, deps);
    const home = isNamed ? `/${contract.name}` : '';
    return htmlResponse(<NotFoundPage context={context} signInPath={`${home}/login`} />, {
      status: 404,
      headers: pageHeaders(context),
    });
  });
  return pages;
}

/** `curl` and others that would show whatever there is. */
const takesAnything = (c: Context): boolean => (c.req.header('Accept') ?? '*/*').trim() === '*/*';
