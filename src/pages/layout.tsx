/** The layout of every page: head, logo, one card, and the data for its script. */
import type { Child, FC } from 'hono/jsx';
import type { Brand } from '../brand-settings.ts';
import type { Messages } from '../languages/messages.ts';
import type { PasswordRules } from './contract-descriptor.ts';
import { AccentStyle, Logo } from './brand.tsx';
import { Footer } from './footer.tsx';
import type { PageData } from './page-data.ts';

/** Hashed file names, keyed by source name. */
export type AssetNames = Readonly<Record<string, string>>;

export interface RenderContext {
  nonce: string;
  brand: Brand;
  assets: AssetNames;
  messages: Messages;
  passwordRules: PasswordRules;
  /** The query of the page's address. */
  search: string;
  offersSecondFactor: boolean;
  offersPasskeys: boolean;
}

export const assetPath = (assets: AssetNames, name: string) => `/assets/${assets[name] ?? name}`;

/** Returns the path of another page, with `return_to` and the parameters of a transfer. */
export function linkTo({ prefix, returnTo, transfer }: PageData, path: string): string {
  if (returnTo === `${prefix}/`) return prefix + path;
  const query = new URLSearchParams({ return_to: returnTo });
  if (transfer !== null) {
    query.set('code_challenge', transfer.codeChallenge);
    query.set('code_challenge_method', 'S256');
    if (transfer.state !== null) query.set('state', transfer.state);
  }
  return `${prefix}${path}?${query.toString()}`;
}

interface LayoutProps {
  context: RenderContext;
  title: string;
  pageData?: PageData;
  /** The style sheet and script; `page` by default, whose script is loaded only with `pageData`. */
  files?: 'page' | 'docs' | 'admin';
  wide?: boolean;
  children?: Child;
}

export const Layout: FC<LayoutProps> = ({
  context,
  title,
  pageData,
  files = 'page',
  wide,
  children,
}) => {
  const { nonce, assets, brand, messages } = context;
  const script = files === 'page' && pageData?.page === 'home' ? 'home' : files;
  return (
    <html lang={messages.tag} dir={messages.dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${brand.name}`}</title>
        <link rel="icon" href={brand.logo ?? assetPath(assets, 'mark.svg')} />
        <link rel="stylesheet" nonce={nonce} href={assetPath(assets, `${files}.css`)} />
        <AccentStyle nonce={nonce} accents={brand.accents} />
        {(pageData !== undefined || files !== 'page') && (
          <script type="module" nonce={nonce} src={assetPath(assets, `${script}.js`)} />
        )}
      </head>
      <body data-page={pageData === undefined ? undefined : JSON.stringify(pageData)}>
        <main class={wide ? 'wide' : 'card'}>
          {files !== 'docs' && <Logo brand={brand} />}
          {children}
        </main>
        {files !== 'admin' && <Footer context={context} />}
      </body>
    </html>
  );
};

export const Heading: FC<{ title: string; intro?: string; id?: string }> = ({
  title,
  intro,
  id,
}) => (
  <header>
    <h1 id={id}>{title}</h1>
    {intro && <p class="intro">{intro}</p>}
  </header>
);
