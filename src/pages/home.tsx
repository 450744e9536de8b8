/**
 * The signed-in page. It is the same for everyone: its script fetches private data with a token, so
 * that none is in the HTML that is sent or cached.
 */
import type { FC } from 'hono/jsx';
import { NewPassword } from './account.tsx';
import { Form, PasswordField } from './form.tsx';
import { Layout, Heading, type RenderContext } from './layout.tsx';
import type { PageData } from './page-data.ts';
import { PasskeyOffer, PasskeySection } from './passkeys.tsx';
import { FactorSection } from './second-factor.tsx';

export const HomePage: FC<{ context: RenderContext; pageData: PageData }> = ({
  context,
  pageData,
}) => {
  const { home, factors, fields, scriptsOff, signedInScriptsOff } = context.messages;
  return (
    <Layout context={context} title={home.title} pageData={pageData}>
      <Heading title={home.title} />
      <noscript>
        <p class="notice">{pageData.contract.hasRefreshCookie ? signedInScriptsOff : scriptsOff}</p>
      </noscript>
      <p id="loading" role="status" hidden>
        {home.loading}
      </p>
      <div id="page-notice" class="notice" role="status" tabindex={-1} hidden />
      <div id="private" hidden>
        <PasskeyOffer messages={context.messages} />
        <section aria-labelledby="profile-title">
          <h2 id="profile-title" tabindex={-1}>
            {home.profile}
          </h2>
          <dl id="profile" />
        </section>
        <section aria-labelledby="sessions-title">
          <h2 id="sessions-title">{home.sessions}</h2>
          <ul id="sessions" />
          <div id="others" class="notice" hidden>
            <p>{factors.others}</p>
            <button type="button" id="end-others" class="link">
              {factors.endOthers}
            </button>
          </div>
        </section>
        <details id="change">
          <summary>{home.changePassword}</summary>
          <Form submit={home.change}>
            <input type="text" id="account-identifier" autocomplete="username" hidden readonly />
            <PasswordField
              name="currentPassword"
              label={fields.currentPassword}
              autocomplete="current-password"
              messages={fields}
            />
            <NewPassword name="newPassword" label={fields.newPassword} context={context} />
          </Form>
        </details>
        <FactorSection messages={context.messages} />
        <PasskeySection messages={context.messages} />
        <div class="actions">
          <button type="button" id="sign-out" class="main">
            {home.signOut}
          </button>
          <button type="button" id="sign-out-everywhere" class="quiet">
            {home.signOutEverywhere}
          </button>
        </div>
      </div>
    </Layout>
  );
};
