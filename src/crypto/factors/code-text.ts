/** Reads codes as people type and paste them: grouped, and in the digits of their script. */

/** Spaces, dashes, the minus sign, and invisible marks of right-to-left text. */
const SEPARATORS = /[\s\p{Z}\p{Pd}\p{Cf}\u2212]/gu;
const DIGIT = /^\p{Nd}$/u;

/** Removes separators, and writes decimal digits of any script as ASCII ones. */
export const normaliseCodeText = (text: string): string =>
  text.replaceAll(SEPARATORS, '').replaceAll(/\p{Nd}/gu, (digit) => String(valueOf(digit)));

/** Unicode gives decimal digits code points in ascending runs of ten, some without a gap between. */
function valueOf(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0;
  let start = codePoint;
  while (DIGIT.test(String.fromCodePoint(start - 1))) start -= 1;
  return (codePoint - start) % 10;
}
