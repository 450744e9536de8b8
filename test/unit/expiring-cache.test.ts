import { expect, it } from 'vitest';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';

const MAX = 10_000;
const ENTRY = { untilMs: 1000 };

/** Creates a cache with the entries `key 1`, `key 2`, … */
function cacheOf(count: number) {
  const cache = new ExpiringCache<{ untilMs: number }>(MAX);
  for (let n = 1; n <= count; n += 1) cache.set(`key ${n}`, ENTRY);
  return cache;
}

it.each([
  { nowMs: 999, entry: ENTRY },
  { nowMs: 1000, entry: null },
])('has an entry until its end, and not at its end: $nowMs ms', ({ nowMs, entry }) => {
  expect(cacheOf(1).get('key 1', nowMs)).toBe(entry);
});

it('deletes an expired entry, and does not return it for a clock that goes back', () => {
  const cache = cacheOf(3);
  cache.get('key 2', 1000);
  expect([cache.size, cache.get('key 2', 0)]).toEqual([2, null]);
});

it('replaces an entry', () => {
  const cache = cacheOf(1);
  cache.set('key 1', { untilMs: 5000 });
  expect([cache.get('key 1', 4999), cache.size]).toEqual([{ untilMs: 5000 }, 1]);
});

it('evicts the oldest entries beyond its maximum', () => {
  const cache = cacheOf(MAX + 2);
  expect(cache.size).toBe(MAX);
  const present = [1, 2, 3, MAX + 2].map((n) => cache.get(`key ${n}`, 0) !== null);
  expect(present).toEqual([false, false, true, true]);
});

it.each<[string, (cache: ReturnType<typeof cacheOf>) => unknown]>([
  ['read', (cache) => cache.get('key 1', 0)],
  ['written', (cache) => cache.set('key 1', ENTRY)],
])('keeps an entry that was %s lately, and evicts the next oldest', (_name, use) => {
  const cache = cacheOf(MAX);
  use(cache);
  cache.set('one more', ENTRY);
  expect([cache.get('key 1', 0), cache.get('key 2', 0)]).toEqual([ENTRY, null]);
});

it.each(['__proto__', 'constructor', ''])('takes "%s" for a key like any other', (key) => {
  const cache = cacheOf(0);
  const before = cache.get(key, 0);
  cache.set(key, ENTRY);
  expect([before, cache.get(key, 0)]).toEqual([null, ENTRY]);
});
