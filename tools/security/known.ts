/**
 * Every requirement there is, so that none can be left out: OWASP ASVS 5.0.0 by section, with the
 * level of each in order, and what NIST SP 800-63B-4 says of passwords and of throttling, which has
 * no numbers of its own below the section.
 */

export type Level = 1 | 2 | 3 | 'shall' | 'should';

const ASVS: Readonly<Record<string, readonly (1 | 2 | 3)[]>> = {
  'V3.1': [3],
  'V3.2': [1, 1, 3],
  'V3.3': [1, 2, 2, 2, 3],
  'V3.4': [1, 1, 2, 2, 2, 2, 3, 3],
  'V3.5': [1, 1, 1, 2, 2, 3, 3, 3],
  'V3.6': [3],
  'V3.7': [2, 2, 3, 3, 3],
  'V4.1': [1, 2, 2, 3, 3],
  'V4.2': [2, 3, 3, 3, 3],
  'V4.3': [2, 2],
  'V4.4': [1, 2, 2, 2],
  'V6.1': [1, 2, 2],
  'V6.2': [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2],
  'V6.3': [1, 1, 2, 2, 3, 3, 3, 3],
  'V6.4': [1, 1, 2, 2, 3, 3],
  'V6.5': [2, 2, 2, 2, 2, 3, 3, 3],
  'V6.6': [2, 2, 2, 3],
  'V6.7': [3, 3],
  'V6.8': [2, 2, 2, 2],
  'V7.1': [2, 2, 2],
  'V7.2': [1, 1, 1, 1],
  'V7.3': [2, 2],
  'V7.4': [1, 1, 2, 2, 2],
  'V7.5': [2, 2, 3],
  'V7.6': [2, 2],
  'V9.1': [1, 1, 1],
  'V9.2': [1, 2, 2, 2],
  'V16.1': [2],
  'V16.2': [2, 2, 2, 2, 2],
  'V16.3': [2, 2, 2, 2],
  'V16.4': [2, 2, 2],
  'V16.5': [2, 2, 2, 3],
};

const NIST: Readonly<Record<string, Level>> = {
  '3.1.1.2-length': 'shall',
  '3.1.1.2-maximum': 'should',
  '3.1.1.2-ascii': 'should',
  '3.1.1.2-unicode': 'should',
  '3.1.1.2-code-points': 'shall',
  '3.1.1.2-composition': 'shall',
  '3.1.1.2-rotation': 'shall',
  '3.1.1.2-compromise': 'shall',
  '3.1.1.2-hints': 'shall',
  '3.1.1.2-questions': 'shall',
  '3.1.1.2-whole': 'shall',
  '3.1.1.2-normalization': 'should',
  '3.1.1.2-advice': 'should',
  '3.1.1.2-blocklist': 'shall',
  '3.1.1.2-entire': 'shall',
  '3.1.1.2-reason': 'shall',
  '3.1.1.2-size': 'should',
  '3.1.1.2-guidance': 'shall',
  '3.1.1.2-throttling': 'shall',
  '3.1.1.2-managers': 'shall',
  '3.1.1.2-paste': 'should',
  '3.1.1.2-display': 'should',
  '3.1.1.2-channel': 'shall',
  '3.1.1.2-offline': 'shall',
  '3.1.1.2-cost': 'should',
  '3.1.1.2-growth': 'should',
  '3.1.1.2-scheme': 'should',
  '3.1.1.2-output': 'should',
  '3.1.1.2-salt': 'shall',
  '3.1.1.2-stored': 'shall',
  '3.1.1.2-reference': 'should',
  '3.1.1.2-keyed': 'should',
  '3.1.1.2-key-origin': 'shall',
  '3.1.1.2-key-apart': 'shall',
  '3.1.1.2-key-hardware': 'should',
  '3.2.2-hundred': 'shall',
  '3.2.2-rebind': 'shall',
  '3.2.2-success': 'should',
};

/** Id → level. */
export const KNOWN: ReadonlyMap<string, Level> = new Map([
  ...Object.entries(ASVS).flatMap(([section, levels]) =>
    levels.map((level, index): [string, Level] => [`${section}.${index + 1}`, level]),
  ),
  ...Object.entries(NIST),
]);
