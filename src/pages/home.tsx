/**
 * The signed-in page. It is the same for everyone: its script fetches private data with a token, so
 * that none is in the HTML that is sent or cached.
 */
import type { FC } from 'hono/jsx';
import { NewPassword } from './account.tsx';
import { Field, Form, NamingForm, PasswordField } from './form.tsx';
import { LANGUAGES } from '../languages/list.ts';
import { Layout, Heading, type RenderContext } from './layout.tsx';
import type { Messages } from '../languages/messages.ts';
import type { PageData } from './page-data.ts';
import { PasskeyOffer, PasskeySection } from './passkeys.tsx';
import { FactorSection } from './second-factor.tsx';

interface HomeProps {
  context: RenderContext;
  pageData: PageData;
}

export const HomePage: FC<HomeProps> = ({ context, pageData }) => {
  const { home, scriptsOff, signedInScriptsOff } = context.messages;
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
          <ProfileForm context={context} pageData={pageData} />
          <EmailForms messages={context.messages} />
          <ChangePassword context={context} />
        </section>
        <Sessions messages={context.messages} />
        <FactorSection messages={context.messages} />
        <PasskeySection messages={context.messages} />
        <section aria-labelledby="activity-title">
          <h2 id="activity-title" tabindex={-1}>
            {home.activity}
          </h2>
          <ul id="activity" />
          <div class="actions">
            <button type="button" id="show-activity" class="quiet">
              {home.showActivity}
            </button>
          </div>
        </section>
        <DeleteAccount messages={context.messages} />
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

const ChangePassword: FC<{ context: RenderContext }> = ({ context }) => {
  const { home, fields } = context.messages;
  return (
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
  );
};

/** The fields that the contract both shows and lets be changed; a language can be set unseen. */
const ProfileForm: FC<HomeProps> = ({ context: { messages }, pageData: { requests } }) => {
  const { fields, home } = messages;
  const asked = {
    ...requests['update-profile']?.fields,
    ...requests['update-language']?.fields,
  };
  if (Object.keys(asked).length === 0) return null;
  return (
    <details>
      <summary>{home.editProfile}</summary>
      <Form id="profile-form" submit={home.save}>
        {'name' in asked && (
          <Field name="profile-name" label={fields.name} autocomplete="name" optional />
        )}
        {'avatar' in asked && (
          <Field
            name="profile-avatar"
            label={fields.picture}
            inputmode="url"
            autocomplete="photo"
            optional
          />
        )}
        {'language' in asked && (
          <div class="field">
            <label for="profile-language">{home.language}</label>
            <select id="profile-language" autocomplete="language">
              <option value="">–</option>
              {LANGUAGES.map(({ tag, name }) => (
                <option value={tag} lang={tag}>
                  {name}
                </option>
              ))}
            </select>
            <p class="error" id="profile-language-error" hidden />
          </div>
        )}
      </Form>
    </details>
  );
};

const EmailForms: FC<{ messages: Messages }> = ({ messages: { fields, home } }) => (
  <details>
    <summary>{home.changeEmail}</summary>
    <Form id="email-form" submit={home.sendCode}>
      <Field
        name="new-email"
        label={fields.newEmail}
        type="email"
        inputmode="email"
        autocomplete="email"
      />
    </Form>
    <Form id="email-code-form" submit={home.confirmEmail}>
      <Field
        name="email-code"
        label={fields.code}
        isCode
        inputmode="numeric"
        autocomplete="one-time-code"
      />
    </Form>
  </details>
);

const Sessions: FC<{ messages: Messages }> = ({ messages: { factors, home } }) => (
  <section aria-labelledby="sessions-title">
    <h2 id="sessions-title" tabindex={-1}>
      {home.sessions}
    </h2>
    <ul id="sessions" />
    <div id="session-naming" hidden>
      <h3>{home.renameSession}</h3>
      <NamingForm
        of="session"
        submit={home.save}
        cancel={home.cancel}
        label={home.sessionName}
        hint={home.sessionNameHint}
      />
    </div>
    <p id="others" class="notice" hidden>
      {factors.others}
    </p>
    <div class="actions">
      <button type="button" id="end-others" class="quiet" hidden>
        {factors.endOthers}
      </button>
    </div>
  </section>
);

const DeleteAccount: FC<{ messages: Messages }> = ({ messages: { fields, home } }) => (
  <details id="delete">
    <summary>{home.deleteAccount}</summary>
    <p class="hint">{home.deleteIntro}</p>
    <Form id="delete-form" submit={home.deleteSubmit}>
      <PasswordField
        name="delete-password"
        label={fields.password}
        autocomplete="current-password"
        messages={fields}
      />
    </Form>
  </details>
);
