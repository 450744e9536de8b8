/** Contrast of colours; the expected values are those of WebAIM's Contrast Checker. */
import { expect, it } from 'vitest';
import { contrast, mix } from '../../src/policy/contrast.ts';

it.each([
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#000000', 21],
  ['#FFFFFF', '#ffffff', 1],
  ['#767676', '#ffffff', 4.54],
  ['#777777', '#ffffff', 4.48],
  ['#ff0000', '#ffffff', 4],
  ['#0000ff', '#ffffff', 8.59],
  ['#00ff00', '#000000', 15.3],
])('between %s and %s is %d', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 1);
});

it.each([
  ['#000000', '#ffffff', 0, '#000000'],
  ['#000000', '#ffffff', 1, '#ffffff'],
  ['#000000', '#ffffff', 0.5, '#808080'],
  ['#ff0000', '#0000ff', 0.25, '#bf0040'],
  ['#010203', '#010203', 0.3, '#010203'],
])('mixes %s with %s, by %d, to %s', (...[one, other, share, mixed]) => {
  expect(mix(one, other, share)).toBe(mixed);
});
