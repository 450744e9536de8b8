/**
 * Rules for new passwords: length, blocklist, and no personal data of the owner (NIST SP 800-63B-4
 * 3.1.1.2, OWASP ASVS 5.0 V6.2). No composition rules. Length counts code points after NFC. Case,
 * digits around a name and separators between its parts are ignored when comparing with personal
 * data.
 */

export interface PasswordBounds {
  least: number;
  most: number;
}

/** `breached` is found by a service, after all other rules. */
export type PasswordFlaw =
  | 'too-short'
  | 'too-long'
  | 'ambiguous'
  | 'common'
  | 'personal'
  | 'breached';

interface PasswordViolation {
  flaw: PasswordFlaw;
  message: string;
}

/** The message of every flaw. Contracts word them on their wire, and pages know them by it. */
export const passwordMessages = ({
  least,
  most,
}: PasswordBounds): Record<PasswordFlaw, string> => ({
  'too-short': `Password must be at least ${least} characters`,
  'too-long': `Password must be at most ${most} characters`,
  ambiguous: 'Password must not have NUL or half a character in it',
  common: 'Password is too common',
  personal: 'Password must not be your name or address, nor the name of this service',
  breached: 'Password is known from a data breach elsewhere',
});

interface PasswordContext {
  rules: PasswordBounds;
  /** Names and e-mail addresses of the user, and the name of the service. */
  personal: readonly string[];
  isCommon(password: string): boolean;
}

const AMBIGUOUS = /[\0\p{Cs}]/u;

/**
 * Detects passwords that a hash may confuse with another one: HMAC pads its key with NULs, bcrypt ends
 * at a NUL, and UTF-8 encodes every lone surrogate alike. Such a password can neither be set nor be
 * right.
 */
export const isAmbiguous = (password: string): boolean => AMBIGUOUS.test(password);

/** Minimum length of a word of a name to be compared by itself. */
const MIN_WORD = 3;
/** Minimum length of a term to be searched inside a password; shorter ones occur by chance. */
const MIN_CONTAINED = 5;
/** Number of further characters that make a password of a personal term. */
const MIN_OTHER_CHARACTERS = 4;

/** Returns the first violated rule, null for an acceptable password. */
export function violationOf(
  password: string,
  { rules, personal, isCommon }: PasswordContext,
): PasswordViolation | null {
  const length = [...password.normalize('NFC')].length;
  const violated = (flaw: PasswordFlaw) => ({ flaw, message: passwordMessages(rules)[flaw] });
  if (length < rules.least) return violated('too-short');
  if (length > rules.most) return violated('too-long');
  if (isAmbiguous(password)) return violated('ambiguous');
  if (isCommon(password)) return violated('common');
  return isPersonal(password, personal) ? violated('personal') : null;
}

function isPersonal(password: string, personal: readonly string[]): boolean {
  const whole = joined(password);
  const core = withoutDigits(whole);
  for (const term of new Set(personal.flatMap(termsOf))) {
    const length = [...term].length;
    if (whole === term) return true;
    if (length >= MIN_WORD && (core === term || core === withoutDigits(term))) return true;
    if (length < MIN_CONTAINED) continue;
    const others = whole.replaceAll(term, '');
    if (others !== whole && [...others].length < MIN_OTHER_CHARACTERS) return true;
  }
  return false;
}

/** Splits a name into itself and its words; an e-mail address also into local part and domain. */
function termsOf(text: string): string[] {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const names = at < 0 ? [text] : [text.slice(0, at), domain.replace(/\.[^.]*$/, '')];
  const words = names.flatMap((name) => name.split(SEPARATORS)).filter(isWord);
  return [text, domain, ...names, ...words].map(joined).filter((term) => term !== '');
}

/** Separators between the parts of a name. */
const SEPARATORS = /[\p{P}\p{S}\p{Z}\p{C}]+/u;

/** NFC is applied again at the end, since lower-casing can decompose a letter. */
const joined = (text: string) =>
  text.normalize('NFC').toLowerCase().normalize('NFC').split(SEPARATORS).join('');

/** The lookbehind keeps matching linear: a run of digits is tried once, from its beginning. */
const withoutDigits = (text: string) => text.replaceAll(/^\p{N}+|(?<!\p{N})\p{N}+$/gu, '');

const isWord = (text: string) => [...text].length >= MIN_WORD;
