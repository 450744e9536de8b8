/** The operator's logo and colours on a page. */
import type { FC } from 'hono/jsx';
import type { Accent, Brand } from '../brand-settings.ts';

/** The image, or the mark with the name. */
export const Logo: FC<{ brand: Brand }> = ({ brand: { name, logo, logoDark } }) => (
  <p class="brand">
    {logo === null ? (
      <>
        <DefaultLogo />
        <span>{name}</span>
      </>
    ) : (
      <picture>
        {logoDark !== null && <source media="(prefers-color-scheme: dark)" srcset={logoDark} />}
        <img src={logo} alt={name} height={40} />
      </picture>
    )}
  </p>
);

const DefaultLogo: FC = () => (
  <svg class="mark" width="40" height="40" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M6 37V19a14 14 0 0 1 28 0v18" fill="none" stroke="currentColor" stroke-width="3.5" />
    <path d="M14 37V20a6 6 0 0 1 12 0v17" class="leaf" />
    <path d="M3 37h34" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" />
  </svg>
);

/** After the style sheet, whose colours it replaces. */
export const AccentStyle: FC<{ nonce: string; accents: Brand['accents'] }> = ({ nonce, accents }) =>
  accents && (
    <style nonce={nonce}>
      {`:root{${variables(accents.light)}}@media (prefers-color-scheme:dark){:root{${variables(accents.dark)}}}`}
    </style>
  );

const variables = ({ plain, strong, text }: Accent): string =>
  `--accent:${plain};--accent-strong:${strong};--on-accent:${text}`;

/** The sources of the logo for a Content Security Policy: these images and no other. */
export const imageSources = ({ logo, logoDark }: Brand): string[] =>
  [logo, logoDark].flatMap((address) => {
    if (address === null) return [];
    const { origin, pathname } = new URL(address);
    return [origin + pathname.replaceAll(';', '%3B').replaceAll(',', '%2C')];
  });
