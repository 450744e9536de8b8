/** Security headers of pages: Content Security Policy, opener and referrer policy. */
import type { Brand } from '../brand-settings.ts';
import { imageSources } from './brand.tsx';

/** Allows no external resource but the logo, and with Trusted Types no text that becomes markup or script. */
export function pageHeaders(
  { nonce, brand }: { nonce: string; brand: Brand },
  formTargets: readonly string[] = [],
) {
  return htmlHeaders(nonce, [
    `style-src 'nonce-${nonce}'`,
    `img-src ${["'self'", ...imageSources(brand)].join(' ')}`,
    "connect-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
}

export function htmlHeaders(nonce: string, directives: readonly string[]) {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...directives,
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    // With no-referrer a form would be sent with `Origin: null`, like another site's.
    'Referrer-Policy': 'same-origin',
    Vary: 'Accept, Accept-Language, Cookie, Origin',
  };
}
