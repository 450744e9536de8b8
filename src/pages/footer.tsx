/** The foot of every page: the choice of its language, and the operator's links. */
import type { FC } from 'hono/jsx';
import { LANGUAGES } from '../languages/list.ts';
import type { RenderContext } from './layout.tsx';

export const Footer: FC<{ context: RenderContext }> = ({ context }) => (
  <footer>
    <LanguageSwitch context={context} />
    <BrandLinks context={context} />
  </footer>
);

const BrandLinks: FC<{ context: RenderContext }> = ({ context: { brand, messages } }) => (
  <p class="links">
    {(['support', 'terms', 'privacy'] as const).map(
      (name) => brand[name] !== null && <a href={brand[name]}>{messages.layout[name]}</a>,
    )}
  </p>
);

/** Links to the same page in each language, which need no script. The globe is for readers who cannot read the rest. */
const LanguageSwitch: FC<{ context: RenderContext }> = ({ context: { messages, search } }) => (
  <details id="languages">
    <summary>
      <Globe />
      <span>{`${messages.layout.language} · ${messages.name}`}</span>
    </summary>
    <ul>
      {LANGUAGES.map(({ tag, dir, name }) => (
        <li>
          <a
            href={inLanguage(search, tag)}
            lang={tag}
            hreflang={tag}
            dir={dir}
            aria-current={tag === messages.tag ? 'true' : undefined}
          >
            {name}
          </a>
        </li>
      ))}
    </ul>
  </details>
);

/** Relative to the page's own address. */
function inLanguage(search: string, tag: string): string {
  const query = new URLSearchParams(search);
  query.set('lang', tag);
  return `?${query}`;
}

const Globe: FC = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <g fill="none" stroke="currentColor" stroke-width="1.5">
      <circle cx="10" cy="10" r="8" />
      <ellipse cx="10" cy="10" rx="3.5" ry="8" />
      <path d="M2.5 7.5h15M2.5 12.5h15" />
    </g>
  </svg>
);
