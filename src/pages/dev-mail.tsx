/**
 * `/dev/mail`: what local development would have mailed, codes and links ready to use. The route
 * is made only where there is such mail to read, which is in local development alone.
 */
import type { MiddlewareHandler } from 'hono';
import type { Child, FC } from 'hono/jsx';
import { Frame, Heading, type Surroundings } from './frame.tsx';
import {
  htmlResponse,
  surroundings,
  type Mail,
  type Mails,
  type Pages,
  type PagesDependencies,
} from './respond.ts';
import { pageHeaders } from './policy.ts';

export function mountMail(
  pages: Pages,
  { deps, mails }: { deps: PagesDependencies; mails: Mails },
  language: MiddlewareHandler,
): void {
  pages.get('/dev/mail', language, async (c) => {
    const around = await surroundings(c, deps);
    const newestFirst = (await mails.list()).toSorted((a, b) => b.atMs - a.atMs);
    return htmlResponse(<MailPage around={around} mails={newestFirst} />, {
      headers: pageHeaders(around.nonce),
    });
  });
}

const MailPage: FC<{ around: Surroundings; mails: Mail[] }> = ({ around, mails }) => {
  const { mail: words, tag } = around.words;
  const time = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <Frame around={around} title={words.title} wide>
      <Heading title={words.title} intro={words.intro} />
      <p>
        <a href="/dev/mail">{words.reload}</a>
      </p>
      {mails.length === 0 && <p>{words.none}</p>}
      {mails.map(({ id, to, subject, text, atMs }) => (
        <article class="mail" id={id}>
          <h2>{subject}</h2>
          <p class="hint">
            {words.to} {to} · <time>{time.format(atMs)}</time>
          </p>
          <p class="text">{usable(text)}</p>
        </article>
      ))}
    </Frame>
  );
};

/** Links can be followed, and a code is taken with one click. */
function usable(text: string): Child[] {
  return text.split(/(https?:\/\/[^\s<>"]+|\b\d{6}\b)/).map((part, index) => {
    if (index % 2 === 0) return part;
    if (/^\d{6}$/.test(part)) return <code class="code">{part}</code>;
    return <a href={part}>{part}</a>;
  });
}
