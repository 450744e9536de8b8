/** What an isolate remembers of refusals: at most 10,000, the least recently used go first. */
import { describe, expect, it } from 'vitest';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';

const MOST = 10_000;
const LATER = { untilMs: 1000 };

function memoryOf(count: number): ExpiringCache<{ untilMs: number }> {
  const memory = new ExpiringCache<{ untilMs: number }>(MOST);
  for (let key = 1; key <= count; key += 1) memory.set(`key ${key}`, LATER);
  return memory;
}

describe('the memory of refusals', () => {
  it('knows nothing of a key it was not told', () => {
    expect(memoryOf(0).get('key 1', 0)).toBeNull();
  });

  it.each([
    { nowMs: 0, known: true },
    { nowMs: 999, known: true },
    { nowMs: 1000, known: false },
    { nowMs: 1001, known: false },
  ])('knows a refusal until its end, and not at its end: $nowMs ms', ({ nowMs, known }) => {
    expect(memoryOf(1).get('key 1', nowMs)).toEqual(known ? LATER : null);
  });

  it('gives room back when it finds that a refusal has ended', () => {
    const memory = memoryOf(3);
    memory.get('key 2', 1000);
    expect(memory.size).toBe(2);
  });

  it('does not bring an ended refusal back for a clock that is behind', () => {
    const memory = memoryOf(1);
    memory.get('key 1', 1000);
    expect(memory.get('key 1', 0)).toBeNull();
  });

  it('keeps what it was told last of a key, once', () => {
    const memory = memoryOf(1);
    memory.set('key 1', { untilMs: 5000 });
    expect([memory.get('key 1', 4999), memory.size]).toEqual([{ untilMs: 5000 }, 1]);
  });

  it('gives back the very entry, with all it holds', () => {
    const memory = new ExpiringCache<{ untilMs: number; why: string }>(MOST);
    const entry = { untilMs: 5, why: 'locked' };
    memory.set('key', entry);
    expect(memory.get('key', 0)).toBe(entry);
  });

  it('keeps 10,000 and no more', () => {
    expect([memoryOf(MOST).size, memoryOf(MOST + 1).size, memoryOf(2 * MOST).size]).toEqual([
      MOST,
      MOST,
      MOST,
    ]);
  });

  it('lets the oldest go first', () => {
    const memory = memoryOf(MOST + 2);
    const known = [1, 2, 3, MOST + 2].map((key) => memory.get(`key ${key}`, 0) !== null);
    expect(known).toEqual([false, false, true, true]);
  });

  it('keeps one that was asked for, and lets the next oldest go', () => {
    const memory = memoryOf(MOST);
    memory.get('key 1', 0);
    memory.set('one more', LATER);
    expect([memory.get('key 1', 0), memory.get('key 2', 0)]).toEqual([LATER, null]);
  });

  it('keeps one that was told again, and lets the next oldest go', () => {
    const memory = memoryOf(MOST);
    memory.set('key 1', LATER);
    memory.set('one more', LATER);
    expect([memory.get('key 1', 0), memory.get('key 2', 0)]).toEqual([LATER, null]);
  });

  it('keeps one that is in use through a flood of new ones', () => {
    const memory = memoryOf(1);
    for (let flood = 1; flood <= 5 * MOST; flood += 1) {
      memory.set(`flood ${flood}`, LATER);
      if (flood % (MOST - 1) === 0) memory.get('key 1', 0);
    }
    expect(memory.get('key 1', 0)).toEqual(LATER);
  });

  it.each(['__proto__', 'constructor', ''])('takes "%s" for a key like any other', (key) => {
    const memory = memoryOf(0);
    const before = memory.get(key, 0);
    memory.set(key, LATER);
    expect([before, memory.get(key, 0)]).toEqual([null, LATER]);
  });
});
