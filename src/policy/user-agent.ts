/**
 * Describes a User-Agent header for people: "Firefox on Linux". A hint in the list of sessions; no
 * decision depends on it, since clients choose the header.
 */

/** Ordered: most browsers also name the browsers they descend from. */
const BROWSERS: readonly [RegExp, string][] = [
  [/\b(?:Edge?|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(?:OPR|OPT|OPX|OPiOS|Opera)\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:(?:Headless)?Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/\b(?:iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Returns the names of the browser and of the system, as far as they are known. */
export function readUserAgent(userAgent: string | null): string[] {
  const named = (list: readonly [RegExp, string][]) =>
    list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? [];
  return [named(BROWSERS), named(SYSTEMS)].flat();
}

export const describeUserAgent = (userAgent: string | null): string =>
  readUserAgent(userAgent).join(' on ') || 'Unknown device';
