/** The setting BRAND: the operator's name, logo, colours and links, for pages and e-mails. */
import * as z from 'zod/mini';
import { contrast, mix } from './policy/contrast.ts';
import { group, httpsUrl, name } from './setting-kinds.ts';

const colour = z.string().check(z.regex(/^#[0-9a-f]{6}$/i, 'is not a colour such as #1f5c4d'));

const contact = z.union(
  [httpsUrl, z.string().check(z.regex(/^mailto:[^\s,;:<>"'?@]+@[a-z0-9.-]+$/i))],
  'is neither an https URL nor "mailto:" with one address',
);

export const brandValues = group({
  name: z._default(name, 'Gatehouse'),
  logo: z.optional(httpsUrl),
  logoDark: z.optional(httpsUrl),
  accent: z.optional(colour),
  accentDark: z.optional(colour),
  support: z.optional(contact),
  terms: z.optional(httpsUrl),
  privacy: z.optional(httpsUrl),
});

type BrandValues = z.infer<typeof brandValues>;

/** The colours of what can be pressed. */
export interface Accent {
  plain: string;
  /** Under the pointer. */
  strong: string;
  /** Text on either. */
  text: string;
}

type BrandLink = 'support' | 'terms' | 'privacy';

export interface Brand extends Readonly<Record<BrandLink, string | null>> {
  name: string;
  /** Address of the image; null: the mark and the name in text. */
  logo: string | null;
  /** On dark pages; null: `logo`. */
  logoDark: string | null;
  /** Null: the colours of the style sheet. */
  accents: { light: Accent; dark: Accent } | null;
}

/** The colours of src/pages/style/page.css: those behind the accent, and the text's. */
export const LIGHT = { behind: ['#ffffff', '#f4f5f2', '#ecf5f1'], text: '#1b211e' };
export const DARK = { behind: ['#141816', '#1d2320', '#1d332b'], text: '#eef1ef' };

/** Of text, at the least (WCAG 2.2, 1.4.3). */
const MIN_CONTRAST = 4.5;

const contrastOn = ({ behind }: typeof LIGHT, accent: string): number =>
  Math.min(...behind.map((each) => contrast(accent, each)));

/** The reasons why the colours could not be read. */
export const brandFlaws = ({ accent, accentDark }: BrandValues): string[] =>
  (
    [
      ['accent', accent, LIGHT],
      ['accentDark', accentDark, DARK],
    ] as const
  ).flatMap(([field, value, theme]) => {
    const ratio = value === undefined ? MIN_CONTRAST : contrastOn(theme, value);
    if (ratio >= MIN_CONTRAST) return [];
    // Rounded down: 4.49 must not read as 4.5.
    const shown = Math.floor(ratio * 10) / 10;
    return [`${field} has a contrast of ${shown} to the page, below ${MIN_CONTRAST} (WCAG 1.4.3)`];
  });

export function brandOf(values: BrandValues): Brand {
  const { name, accent, accentDark } = values;
  const light = accent ?? (accentDark && readable(LIGHT, accentDark, '#000000'));
  const dark = accentDark ?? (accent && readable(DARK, accent, '#ffffff'));
  return {
    name,
    logo: values.logo ?? null,
    logoDark: values.logoDark ?? null,
    support: values.support ?? null,
    terms: values.terms ?? null,
    privacy: values.privacy ?? null,
    accents:
      light === undefined || dark === undefined
        ? null
        : { light: accentOf(LIGHT, light), dark: accentOf(DARK, dark) },
  };
}

const accentOf = ({ text }: typeof LIGHT, plain: string): Accent => ({
  plain,
  strong: mix(plain, text, 0.25),
  text: contrast(plain, '#ffffff') >= contrast(plain, '#000000') ? '#ffffff' : '#000000',
});

/** The colour of the other theme, moved towards `end` until it can be read. */
function readable(theme: typeof LIGHT, from: string, end: string): string {
  const steps = Array.from({ length: 11 }, (_, step) => mix(from, end, step / 10));
  return steps.find((step) => contrastOn(theme, step) >= MIN_CONTRAST) ?? end;
}
