/** Codes as people type and paste them. */
import { expect, it } from 'vitest';
import { normaliseCodeText } from '../../src/crypto/factors/code-text.ts';

it.each([
  ['ASCII', '123456', '123456'],
  ['spaces', ' 123 456\t\n', '123456'],
  ['no-break, thin and ideographic spaces', '12\u00a034\u200956\u3000', '123456'],
  ['dashes', '1-2\u20103\u20134\u20145\u22126', '123456'],
  ['marks of right-to-left text', '\u200f123456\u200e\u2069', '123456'],
  ['Arabic-Indic', '٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['extended Arabic-Indic', '۰۱۲۳۴۵۶۷۸۹', '0123456789'],
  ['Devanagari', '०१२३४५६७८९', '0123456789'],
  ['full-width', '０１２３４５６７８９', '0123456789'],
  ['several scripts', '1２۳४５6', '123456'],
  // Five runs of ten without a gap, beyond the first 2^16 code points.
  ['mathematical', '𝟎𝟗𝟘𝟡𝟢𝟫𝟬𝟵𝟶𝟿', '0909090909'],
  ['letters, superscripts and numerals that are no decimal digits', 'aB²Ⅳ一', 'aB²Ⅳ一'],
  ['nothing', '', ''],
])('reads %s', (_, text, read) => expect(normaliseCodeText(text)).toBe(read));

it('reads the digits of every script that the platform formats numbers in', () => {
  const decimal = Intl.supportedValuesOf('numberingSystem').filter((system) =>
    /^\p{Nd}+$/u.test(new Intl.NumberFormat(`en-u-nu-${system}`).format(7)),
  );
  expect(decimal.length).toBeGreaterThan(50);
  for (const numberingSystem of decimal) {
    const format = new Intl.NumberFormat('en', { numberingSystem, useGrouping: false });
    expect(normaliseCodeText(format.format(9_876_543_210)), numberingSystem).toBe('9876543210');
  }
});
