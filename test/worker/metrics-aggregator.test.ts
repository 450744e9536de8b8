/** The hub adds up what isolates hand it: once, for good, and without anybody waiting for it. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Sums } from '../../src/telemetry/series.ts';
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';
import { added, hubWith, token } from '../support/scrape.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the hub', () => {
  const sums = (times: number): Sums => new Map([['auth_test_total', [times]]]);
  const batch = (sequence: number, times = 1) => ({ sequence, madeAtMs: 0, sums: sums(times) });
  const own = () => env.METRICS_AGGREGATOR.getByName(crypto.randomUUID());

  it('adds a batch once, however often and in whatever company it is delivered', async () => {
    const stub = own();
    await stub.add('one', [batch(1)]);
    await stub.add('one', [batch(1), batch(2, 10)]);
    await stub.add('one', [batch(1)]);
    await stub.add('two', [batch(1, 100)]);
    await Promise.all(
      Array.from({ length: 8 }, () => stub.add('one', [batch(2, 10), batch(3, 1000)])),
    );
    expect((await stub.read()).get('auth_test_total')).toEqual([1111]);
  });

  it('keeps sums and numbers through an eviction', async () => {
    const stub = own();
    await stub.add('one', [batch(1)]);
    await evictDurableObject(stub);
    await stub.add('one', [batch(1), batch(2)]);
    expect((await stub.read()).get('auth_test_total')).toEqual([2]);
  });

  it('forgets an isolate two hours after it was last heard of, and no sum', async () => {
    const stub = own();
    await stub.add('old', [batch(1)]);
    await runInDurableObject(stub, (_, { storage }) => {
      storage.kv.put('seen old', { sequence: 1, atMs: Date.now() - 2 * 3_600_000 - 1 });
    });
    await stub.add('young', [batch(1)]);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const left = await runInDurableObject(stub, (_, { storage }) =>
      [...storage.kv.list({ prefix: 'seen ' })].map(([key]) => key),
    );
    expect(left).toEqual(['seen young']);
    expect((await stub.read()).get('auth_test_total')).toEqual([2]);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
  });

  it('takes no more than 2,000 series, and counts what it drops', async () => {
    const stub = own();
    const many = (from: number): Sums =>
      new Map(Array.from({ length: 1500 }, (_, n) => [`auth_n${from + n}_total`, [1]]));
    await stub.add('one', [{ sequence: 1, madeAtMs: 0, sums: many(0) }]);
    await stub.add('one', [{ sequence: 2, madeAtMs: 0, sums: many(1000) }]);
    const all = await stub.read();
    expect(all.size).toBe(2001);
    expect(all.get('auth_metrics_dropped_total')).toEqual([500]);
    expect(all.get('auth_n1200_total')).toEqual([2]);
  });
});

describe('a hub that fails', () => {
  it('delays no answer, and gets what it missed, once, as soon as it is back', async () => {
    const { name, path, body } = contractCase('email-cookie');
    let how: 'away' | 'deaf' | 'fine' = 'away';
    const here = createTestApp(
      hubWith(async (method, proceed) => {
        if (how === 'away') throw new Error('Network connection lost.');
        const result = await proceed();
        // The batch has arrived, and its sender will never know.
        if (how === 'deaf' && method === 'add') throw new Error('Network connection lost.');
        return result;
      }),
    );
    const person = await addUser();
    const logins = async (times: number) => {
      for (let n = 0; n < times; n += 1)
        expect((await here.post(path, body(person))).status).toBe(200);
    };
    const more = await added(createTestApp(), async () => {
      await logins(3);
      how = 'deaf';
      await logins(4);
      how = 'away';
      await logins(2);
      how = 'fine';
      await logins(1);
    });
    expect(more('auth_login_success_total', { contract: name })).toBe(10);
    expect(more('auth_login_duration_ms_count', { contract: name })).toBe(10);
  });

  it('is called after the answer, which does not wait for it', async () => {
    const { path } = contractCase('email-cookie');
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const heard: string[] = [];
    const here = createTestApp(
      hubWith(async () => {
        heard.push('called');
        await stuck;
      }),
      undefined,
      () => {
        heard.push('answered');
        // By the second answer the first one's delivery is still under way.
        if (heard.filter((what) => what === 'answered').length === 2) release();
      },
    );
    // Nothing is left to do after these answers but the report.
    const answers = await Promise.all([here.post(path, '[]'), here.post(path, '[]')]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(heard[0]).toBe('answered');
  });

  it('makes a scrape fail, not lie', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { fetch } = createTestApp(
      hubWith(() => Promise.reject(new Error('Network connection lost.'))),
    );
    const { status, text } = await fetch('/metrics', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([status, text]).toEqual([503, '{"error":"unavailable"}']);
  });
});
