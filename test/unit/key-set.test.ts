/** Rotation keeps every key that a live token may need, and no other. */
import { describe, expect, it } from 'vitest';
import { ALGORITHMS, describe as described, generateKey, rotate } from '../../tools/key-set.ts';
import { settingsWith } from './sample-env.ts';

const DAY_SECONDS = 86_400;
const longestSeconds = 30 * DAY_SECONDS;
const NOON_MS = Date.parse('2026-03-01T12:00:00Z');
const after = (days: number) => NOON_MS + days * DAY_SECONDS * 1000;

describe('a key set', () => {
  it.each(ALGORITHMS)('of a fresh %s key is one that the settings take', (alg) => {
    const set = { keys: [generateKey(alg)] };
    expect(settingsWith({ TOKEN_KEYS: JSON.stringify(set) }).tokens.keys).toEqual(set.keys);
  });

  it('signs with the new key after a rotation, and still verifies with the old one', () => {
    const first = generateKey('EdDSA');
    const set = rotate({ keys: [first] }, { alg: 'ES256', nowMs: NOON_MS, longestSeconds });
    expect(set.keys).toHaveLength(2);
    expect(set.keys[0]).toMatchObject({ alg: 'ES256' });
    expect(set.keys[1]).toEqual({ ...first, gatehouse_retired_at: NOON_MS / 1000 });
    expect(settingsWith({ TOKEN_KEYS: JSON.stringify(set) }).tokens.keys).toHaveLength(2);
  });

  it.each([
    { days: 29, kept: true },
    { days: 30, kept: false },
  ])('$days days after a key retired, it is kept: $kept', ({ days, kept }) => {
    const first = generateKey('EdDSA');
    const asked = { alg: 'EdDSA', longestSeconds } as const;
    const once = rotate({ keys: [first] }, { ...asked, nowMs: NOON_MS });
    const { keys } = rotate(once, { ...asked, nowMs: after(days) });
    expect(keys.some(({ kid }) => kid === first.kid)).toBe(kept);
    expect(keys.some(({ kid }) => kid === once.keys[0]?.kid)).toBe(true);
  });

  it('is described without its secrets', () => {
    const set = rotate(
      { keys: [generateKey('HS256')] },
      { alg: 'EdDSA', nowMs: NOON_MS, longestSeconds },
    );
    const [current, old] = set.keys;
    const lines = described(set, longestSeconds);
    expect(lines).toEqual([
      `${current?.kid}  EdDSA  signs`,
      `${old?.kid}  HS256  verifies, needed until 2026-03-31T12:00:00.000Z`,
    ]);
    expect(lines.join()).not.toContain(current?.d);
    expect(lines.join()).not.toContain(old?.k);
  });
});
