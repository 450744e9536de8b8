/**
 * Rules for the profile fields that users set themselves. They hold in every contract, whatever its
 * wire lets through. Lengths count UTF-16 units.
 */

/** The fields that a user may set; null clears one, and an absent one stays as it is. */
export interface ProfileChange {
  name?: string | null;
  avatar?: string | null;
  bio?: string | null;
  /** Can be replaced, and not cleared. */
  language?: string;
}

type ProfileField = keyof ProfileChange;

/** A change as it was asked for. */
export type ProfileInput = { readonly [F in ProfileField]?: string | null | undefined };

interface ProfileViolation {
  field: ProfileField;
  message: string;
}

interface Rule {
  label: string;
  most: number;
  isAcceptable(text: string): boolean;
  /** Told of text that is not acceptable. */
  message: string;
}

/** Control characters, line separators, and what stands for bytes that are no text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{FFFD}]/u;
const isPrintable = (text: string) => !UNPRINTABLE.test(text);

const RULES: Readonly<Record<ProfileField, Rule>> = {
  name: {
    label: 'Name',
    most: 100,
    isAcceptable: isPrintable,
    message: 'Name must not have control characters',
  },
  avatar: {
    label: 'Avatar',
    most: 2_048,
    isAcceptable: isHttpsUrl,
    message: 'Avatar must be an https URL',
  },
  bio: {
    label: 'Bio',
    most: 1_000,
    isAcceptable: (text) => isPrintable(text.replaceAll('\n', '')),
    message: 'Bio must not have control characters',
  },
  language: {
    label: 'Language',
    most: 35,
    isAcceptable: (text) => canonicalLanguage(text) !== null,
    message: 'Language must be a tag such as "en" or "de-AT"',
  },
};

/**
 * Reads a change as it is stored: trimmed, empty text as null (forms send fields that were left
 * empty), the language in its canonical form. `violations`: the first violated rule of each field.
 */
export function readProfile(input: ProfileInput) {
  const change: ProfileChange = {};
  const violations: ProfileViolation[] = [];
  for (const [field, rule] of Object.entries(RULES) as [ProfileField, Rule][]) {
    const value = input[field];
    if (value === undefined) continue;
    const text = value?.replaceAll('\r\n', '\n').trim() || null;
    const message = violationOf(text, field, rule);
    if (message !== null) violations.push({ field, message });
    else if (field !== 'language') change[field] = text;
    else change.language = canonicalLanguage(text ?? '') ?? '';
  }
  return { change, violations };
}

function violationOf(text: string | null, field: ProfileField, rule: Rule): string | null {
  if (text === null) return field === 'language' ? rule.message : null;
  if (text.length > rule.most) return `${rule.label} must be at most ${rule.most} characters`;
  return rule.isAcceptable(text) ? null : rule.message;
}

/** Refuses a user name and a password, with which a URL can pass for another host's. */
function isHttpsUrl(text: string): boolean {
  if (!isPrintable(text) || !/^https:\/\/\S+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** The canonical form of a BCP 47 tag, null where it is none. */
function canonicalLanguage(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
