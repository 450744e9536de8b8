/** The aggregator adds up what isolates flush to it: once, durably, and with no answer waiting for it. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Sums } from '../../src/telemetry/series.ts';
import { captureConsole } from '../support/captured-console.ts';
import { operatorToken } from '../support/operator.ts';
import { aggregatorWith, increasesOf, measured } from '../support/scrape.ts';
import { client } from '../support/session.ts';
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';

describe('the aggregator', () => {
  const sums = (times: number): Sums => new Map([['auth_test_total', [times]]]);
  const batch = (sequence: number, times = 1) => ({ sequence, madeAtMs: 0, sums: sums(times) });
  const own = () => env.METRICS_AGGREGATOR.getByName(crypto.randomUUID());

  it('adds a batch once, however often and with whatever others it is delivered', async () => {
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

  it('forgets an isolate that was silent for two hours, and no sum', async () => {
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

  it('takes no more than 2,000 series, and counts those that it drops', async () => {
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

describe('an aggregator that fails', () => {
  const lost = () => new Error('Network connection lost.');
  const name = 'email-cookie';

  it('delays no answer, and gets what it missed, once, as soon as it is back', async () => {
    let state: 'away' | 'answers are lost' | 'back' = 'away';
    const app = createTestApp(
      aggregatorWith(async (method, proceed) => {
        if (state === 'away') throw lost();
        const result = await proceed();
        if (state === 'answers are lost' && method === 'add') throw lost();
        return result;
      }),
    );
    const user = await addUser();
    const logins = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        expect((await client(app, name).login(user)).status).toBe(200);
      }
    };
    const increase = await increasesOf(createTestApp(measured), async () => {
      await logins(3);
      state = 'answers are lost';
      await logins(4);
      state = 'away';
      await logins(2);
      state = 'back';
      await logins(1);
    });
    expect(increase('auth_login_success_total', { contract: name })).toBe(10);
    expect(increase('auth_login_duration_ms_count', { contract: name })).toBe(10);
  });

  it('delays no answer while a call to it is under way', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const events: string[] = [];
    const app = createTestApp(
      aggregatorWith(async () => {
        events.push('called');
        await stuck;
      }),
      undefined,
      () => {
        events.push('answered');
        // By the second answer the first one's flush is still under way.
        if (events.filter((event) => event === 'answered').length === 2) release();
      },
    );
    // After these answers there is nothing left to do but the flush.
    const refused = () => app.post(contractCase(name).path, '[]');
    const answers = await Promise.all([refused(), refused()]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(events[0]).toBe('answered');
  });

  it('makes a scrape fail instead of answering too little', async () => {
    captureConsole();
    const { fetch } = createTestApp(aggregatorWith(() => Promise.reject(lost())));
    const headers = { Authorization: `Bearer ${operatorToken}` };
    const { status, text } = await fetch('/metrics', { headers });
    expect([status, text]).toEqual([503, '{"error":"unavailable"}']);
  });
});
