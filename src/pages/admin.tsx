/**
 * The page for operators, `/admin`. It is the same for everybody: its script reads users and audit from
 * the admin API with the access token of the operator's session, so that no data is in the HTML.
 */
import type { Handler } from 'hono';
import type { FC } from 'hono/jsx';
import type { Contract } from '../contracts/contract.ts';
import { MARKUP_TEXT, SHARED_TEXT } from './admin-text.ts';
import { pageHeaders } from './content-security-policy.ts';
import { Field } from './form.tsx';
import { assetPath, Heading, Layout, type RenderContext } from './layout.tsx';
import type { AdminPageData } from './page-data.ts';
import {
  createRenderContext,
  htmlResponse,
  pageDataFor,
  type PagesDependencies,
} from './render.ts';
import { wantsHtml } from './wants-html.ts';
import { ProofDialog } from './second-factor.tsx';

/** Leaves to the admin API what asks for no page. `contract`: the one that operators sign in at. */
export const serveAdminPage =
  (deps: PagesDependencies, contract: Contract): Handler =>
  async (c, next) => {
    if (!wantsHtml(c)) return next();
    c.set('language', 'en');
    const context = await createRenderContext(c, deps, '');
    const location = { contract, prefix: `/${contract.name}`, returnTo: '/admin' };
    const proofScript = assetPath(context.assets, 'admin-proof.js');
    const pageData = { ...pageDataFor('home', context, location), proofScript };
    return htmlResponse(<AdminPage context={context} pageData={pageData} />, {
      headers: pageHeaders(context),
    });
  };

const AdminPage: FC<{ context: RenderContext; pageData: AdminPageData }> = ({
  context,
  pageData,
}) => (
  <Layout context={context} title={MARKUP_TEXT.title} pageData={pageData} files="admin" wide>
    <Heading title={MARKUP_TEXT.title} />
    <noscript>
      <p class="notice">{MARKUP_TEXT.scriptsOff}</p>
    </noscript>
    <p id="loading" role="status" hidden>
      {MARKUP_TEXT.loading}
    </p>
    <div id="page-notice" class="notice" role="status" tabindex={-1} hidden />
    <nav>
      <p id="operator" />
      <a href={`${pageData.prefix}/`}>{MARKUP_TEXT.account}</a>
      <button type="button" id="sign-out" class="link">
        {MARKUP_TEXT.signOut}
      </button>
      <a id="back" href="#" hidden>
        {MARKUP_TEXT.back}
      </a>
    </nav>
    <div id="private" hidden>
      <Directory />
      <User />
      <section aria-labelledby="events-title">
        <h2 id="events-title">{SHARED_TEXT.events}</h2>
        <ul id="events" />
        <MoreButton id="more-events" />
      </section>
    </div>
    <ConfirmDialog />
    <ProofDialog messages={context.messages} />
  </Layout>
);

const MoreButton: FC<{ id: string }> = ({ id }) => (
  <button type="button" id={id} class="quiet" hidden>
    {MARKUP_TEXT.more}
  </button>
);

const Directory: FC = () => (
  <div id="directory">
    <section aria-labelledby="overview-title">
      <h2 id="overview-title">{MARKUP_TEXT.overview}</h2>
      <dl id="overview" />
    </section>
    <section aria-labelledby="search-title">
      <h2 id="search-title">{MARKUP_TEXT.search}</h2>
      <form id="form" method="get" novalidate>
        <Choice id="search-by" label={MARKUP_TEXT.searchBy} options={MARKUP_TEXT.searchKinds} />
        <Field name="search-text" label={MARKUP_TEXT.searchText} autocomplete="off" optional />
        <Choice id="search-status" label={MARKUP_TEXT.status} options={SHARED_TEXT.statuses} />
        <button type="submit" class="main">
          {MARKUP_TEXT.find}
        </button>
      </form>
      <p id="no-users" role="status" hidden>
        {MARKUP_TEXT.noUsers}
      </p>
      <ul id="users" />
      <MoreButton id="more-users" />
    </section>
  </div>
);

const Choice: FC<{ id: string; label: string; options: Readonly<Record<string, string>> }> = ({
  id,
  label,
  options,
}) => (
  <div class="field">
    <label for={id}>{label}</label>
    <select id={id}>
      {Object.entries(options).map(([value, text]) => (
        <option value={value}>{text}</option>
      ))}
    </select>
  </div>
);

const User: FC = () => (
  <div id="user" hidden>
    <section aria-labelledby="user-title">
      <h2 id="user-title" tabindex={-1}>
        {SHARED_TEXT.user}
      </h2>
      <dl id="user-fields" />
      <div id="user-actions" class="actions">
        {Object.entries(SHARED_TEXT.actions).map(([action, text]) => (
          <button type="button" class="quiet" data-action={action}>
            {text}
          </button>
        ))}
      </div>
      <form id="role-form" method="get" novalidate>
        <Field name="role" label={MARKUP_TEXT.role} autocomplete="off" optional />
        <button type="submit" class="quiet">
          {SHARED_TEXT.setRole}
        </button>
      </form>
    </section>
    <section aria-labelledby="sessions-title">
      <h2 id="sessions-title">{MARKUP_TEXT.sessions}</h2>
      <ul id="sessions" />
    </section>
  </div>
);

/** Asks before a change; its script asks for the name where the change is for good. */
const ConfirmDialog: FC = () => (
  <dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text">
    <header>
      <h2 id="confirm-title" />
      <p id="confirm-text" class="intro" />
    </header>
    <form id="confirm-form" method="dialog" novalidate>
      <div id="confirm-by-name">
        <Field name="confirm-name" label={SHARED_TEXT.user} autocomplete="off" optional />
      </div>
      <button type="submit" id="confirm-submit" class="main" />
      <button type="button" id="cancel-confirm" class="quiet">
        {MARKUP_TEXT.cancel}
      </button>
    </form>
  </dialog>
);
