/**
 * What a password that is to be set must be: long enough, not too long, none that guessers try
 * first, and not what everyone knows about its owner (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0
 * V6.2). There are no rules of composition. Characters are code points, after NFC; capitals, digits
 * around a name and signs between its parts do not make another password of it.
 */

export interface PasswordBounds {
  least: number;
  most: number;
}

export interface PasswordViolation {
  flaw: 'too-short' | 'too-long' | 'ambiguous' | 'common' | 'personal';
  message: string;
}

export interface Judging {
  rules: PasswordBounds;
  /** Names and addresses of the user, and the service's name. */
  personal: readonly string[];
  isCommon(password: string): boolean;
}

const AMBIGUOUS = /[\0\p{Cs}]/u;

/**
 * Whether a hash may take it for another one: HMAC fills a key up with NULs, bcrypt ends at one, and
 * UTF-8 has one sign for all halves of surrogate pairs. Such a password is neither set nor right.
 */
export const isAmbiguous = (password: string): boolean => AMBIGUOUS.test(password);

/** Shorter ones are a name only where they are all there is of a name. */
const LEAST_WORD = 3;
/** A shorter one may stand in a longer password by chance. */
const LEAST_CONTAINED = 5;
/** Added to something personal, this many make a password. */
const ENOUGH_OTHERS = 4;

/** Null: it may be set. */
export function violationOf(
  password: string,
  { rules, personal, isCommon }: Judging,
): PasswordViolation | null {
  const length = [...password.normalize('NFC')].length;
  if (length < rules.least) {
    return { flaw: 'too-short', message: `Password must be at least ${rules.least} characters` };
  }
  if (length > rules.most) {
    return { flaw: 'too-long', message: `Password must be at most ${rules.most} characters` };
  }
  if (isAmbiguous(password)) {
    return { flaw: 'ambiguous', message: 'Password must not have NUL or half a character in it' };
  }
  if (isCommon(password)) return { flaw: 'common', message: 'Password is too common' };
  if (isPersonal(password, personal)) {
    return {
      flaw: 'personal',
      message: 'Password must not be your name or address, nor the name of this service',
    };
  }
  return null;
}

function isPersonal(password: string, personal: readonly string[]): boolean {
  const whole = joined(password);
  const core = withoutDigits(whole);
  for (const term of new Set(personal.flatMap(termsOf))) {
    const length = [...term].length;
    if (whole === term) return true;
    if (length >= LEAST_WORD && (core === term || core === withoutDigits(term))) return true;
    if (length < LEAST_CONTAINED) continue;
    const others = whole.replaceAll(term, '');
    if (others !== whole && [...others].length < ENOUGH_OTHERS) return true;
  }
  return false;
}

/** A name: all of it joined, and its words. An address: that of what stands before and after the @. */
function termsOf(text: string): string[] {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const names = at < 0 ? [text] : [text.slice(0, at), domain.replace(/\.[^.]*$/, '')];
  const words = names.flatMap((name) => name.split(SIGNS)).filter(isWord);
  return [text, domain, ...names, ...words].map(joined).filter((term) => term !== '');
}

/** What names, and passwords made of them, are joined with. */
const SIGNS = /[\p{P}\p{S}\p{Z}\p{C}]+/u;

/** NFC comes last as well: lower-casing can take a composed letter apart. */
const joined = (text: string) =>
  text.normalize('NFC').toLowerCase().normalize('NFC').split(SIGNS).join('');

/** The look behind keeps it linear: a run of digits is tried once, from where it begins. */
const withoutDigits = (text: string) => text.replaceAll(/^\p{N}+|(?<!\p{N})\p{N}+$/gu, '');

const isWord = (text: string) => [...text].length >= LEAST_WORD;
