/** The responder and the work behind a response: they finish even if the client disconnects. */
import { expect, it, vi } from 'vitest';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { routeOf } from '../../src/contracts/routes.ts';
import { ok, type Outcome } from '../../src/flows/model/outcome.ts';
import { waitUntilOf, type ContractContext } from '../../src/http/request-context.ts';
import { createResponder } from '../../src/http/responder.ts';

function start(work: Promise<Outcome<unknown>>) {
  const background: Promise<unknown>[] = [];
  const recorded: unknown[] = [];
  const env = {
    services: {
      nowMs: () => 0,
      waitUntil: (promise: Promise<unknown>) => background.push(promise),
    },
    meta: { traceId: 'a-trace', address: '192.0.2.1' },
    metrics: { recordOperation: ({ reason }: { reason: unknown }) => recorded.push(reason) },
    lineLimit: { admits: () => false },
  };
  const req = {
    url: 'https://gatehouse.example/email-cookie/api/v1/auth/logout-all',
    param: () => ({}),
  };
  const get = (name: string) => (name === 'operation' ? 'logout-all' : undefined);
  const c = { env, req, get };
  const responder = createResponder(emailCookie, []);
  const response = responder.run(c as unknown as ContractContext, {
    route: routeOf(emailCookie, 'logout-all'),
    token: null,
    input: {},
    work,
  });
  return { response, background, recorded };
}

it('hands the work to waitUntil before its outcome is known, so that it outlives the client', async () => {
  const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>();
  const { response, background, recorded } = start(promise);
  expect([background.length, recorded]).toEqual([1, []]);
  resolve(ok(null));
  await background[0];
  expect([(await response).status, recorded]).toEqual([204, [null]]);
});

it('answers a failure with the contract’s internal refusal, and waitUntil never rejects', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const { response, background, recorded } = start(Promise.reject(new Error('lost')));
  await expect(background[0]).resolves.toBeUndefined();
  const { status, headers } = await response;
  expect([status, headers.get('Retry-After'), recorded]).toEqual([500, '5', ['internal']]);
  expect(log.mock.calls.join('')).toContain('"during":"logout-all"');
  log.mockRestore();
});

it('logs a failure of work after the response, and flushes the metrics behind it', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const background: Promise<unknown>[] = [];
  const executionCtx = {
    waitUntil: (promise: Promise<unknown>) => void background.push(promise),
  } as ContractContext['executionCtx'];
  const flush = vi.fn<(waitUntil: (work: Promise<unknown>) => void) => void>();
  const waitUntil = waitUntilOf({ executionCtx }, 'a-trace', { flush });
  waitUntil(Promise.reject(new Error('lost')));
  expect(flush).not.toHaveBeenCalled();
  await expect(background[0]).resolves.toBeUndefined();
  expect(flush).toHaveBeenCalledTimes(1);
  expect(log.mock.calls.join('')).toMatch(/"during":"after the response".*"trace_id":"a-trace"/);
  log.mockRestore();
});
