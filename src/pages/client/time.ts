/** Formats times in the reader's language. */
import { pageData } from './page-data.ts';

/** Formats times for the reader's region if its language is the page's. `long`: with seconds and zone. */
export function timeFormat(timeStyle: 'short' | 'long' = 'short'): (time: unknown) => string {
  let format: Intl.DateTimeFormat | null = null;
  try {
    const regions = navigator.languages.filter(
      (tag) => tag.startsWith(pageData.language) && isLocale(tag),
    );
    format = new Intl.DateTimeFormat([...regions, pageData.language], {
      dateStyle: 'medium',
      timeStyle,
    });
  } catch {
    // Intl rejects the browser's time zone: times are shown as they were sent.
  }
  return (time) => {
    const date = new Date(time as string | number);
    return format === null || Number.isNaN(date.getTime()) ? String(time) : format.format(date);
  };
}

/** Some systems list invalid tags: `en-US@posix`, `C`. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
