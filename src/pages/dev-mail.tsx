/** Serves `/dev/mail`, the e-mails of local development. A deployment does not have the route. */
import type { Child, FC } from 'hono/jsx';
import { pageLanguage as language } from './language.ts';
import { Layout, Heading, type RenderContext } from './layout.tsx';
import {
  htmlResponse,
  createRenderContext,
  type Mail,
  type Mails,
  type Pages,
  type PagesDependencies,
} from './render.ts';
import { pageHeaders } from './content-security-policy.ts';

export function mountMail(pages: Pages, deps: PagesDependencies, mails: Mails): void {
  pages.get('/dev/mail', language, async (c) => {
    const context = await createRenderContext(c, deps);
    const newestFirst = (await mails.list()).toSorted((a, b) => b.atMs - a.atMs);
    return htmlResponse(<MailPage context={context} mails={newestFirst} />, {
      headers: pageHeaders(context),
    });
  });
}

const MailPage: FC<{ context: RenderContext; mails: Mail[] }> = ({ context, mails }) => {
  const { mail: messages, tag } = context.messages;
  const time = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <Layout context={context} title={messages.title} wide>
      <Heading title={messages.title} intro={messages.intro} />
      <p>
        <a href="/dev/mail">{messages.reload}</a>
      </p>
      {mails.length === 0 && <p>{messages.none}</p>}
      {mails.map(({ id, to, subject, text, atMs }) => (
        <article class="mail" id={id}>
          <h2>{subject}</h2>
          <p class="hint">
            {messages.to} {to} · <time>{time.format(atMs)}</time>
          </p>
          <p class="text">{linkify(text)}</p>
        </article>
      ))}
    </Layout>
  );
};

/** Makes links clickable, and codes selectable with one click. */
function linkify(text: string): Child[] {
  return text.split(/(https?:\/\/[^\s<>"]+|\b\d{6}\b)/).map((part, index) => {
    if (index % 2 === 0) return part;
    if (/^\d{6}$/.test(part)) return <code class="code">{part}</code>;
    return <a href={part}>{part}</a>;
  });
}
