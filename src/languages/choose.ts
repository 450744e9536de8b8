/** Chooses one of the languages offered for a client or an account. */
import { LANGUAGES, type LanguageTag } from './list.ts';

/** Browsers send less than 200 characters; more would only cost time. */
const MAX_HEADER_LENGTH = 1_000;

/** The language offered that is nearest to a BCP 47 tag (RFC 4647 3.4, lookup); null: none is near. */
export function nearestLanguage(tag: string): LanguageTag | null {
  let range = canonicalTag(tag);
  while (range !== '') {
    const found = LANGUAGES.find((language) => language.tag === range);
    if (found !== undefined) return found.tag;
    range = range.slice(0, Math.max(0, range.lastIndexOf('-')));
  }
  return null;
}

/** The language offered that an Accept-Language header prefers (RFC 9110 12.5.4), else the fallback. */
export function preferredLanguage(header: string | null): LanguageTag {
  const ranges = (header ?? '').slice(0, MAX_HEADER_LENGTH).split(',');
  const accepted = ranges.flatMap((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const tagNearby = nearestLanguage(tag);
    const quality = qualityIn(parameters);
    return tagNearby === null || !(quality > 0) ? [] : [{ tag: tagNearby, quality }];
  });
  const [best] = accepted.toSorted((one, other) => other.quality - one.quality);
  return best?.tag ?? LANGUAGES[0].tag;
}

/** Not a number where the quality is malformed. */
function qualityIn(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => /^q=/i.test(parameter));
  return quality === undefined ? 1 : Number(quality.slice(2) || NaN);
}

/** Replaces deprecated tags (`iw` by `he`); empty where the tag is none. */
function canonicalTag(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? '';
  } catch {
    return '';
  }
}
