/** Costs of a login in rows and requests to Durable Objects: the figures of docs/deployment.md. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import { addUser, freshAddress, createTestApp, type TestUser } from '../support/test-app.ts';
import { client, deviceOf, tokensOf } from '../support/session.ts';
import { interceptBindings, type BindingInterceptor } from '../fixtures/intercept-bindings.ts';

interface Cost {
  rowsRead: number;
  rowsWritten: number;
  limitRequests: number;
}

function meter() {
  const cost: Cost = { rowsRead: 0, rowsWritten: 0, limitRequests: 0 };
  const intercept: BindingInterceptor = async (call, proceed) => {
    const result = await proceed();
    if (call.to === 'limits') cost.limitRequests += 1;
    if (call.to === 'database') {
      for (const { meta } of [result].flat() as D1Result[]) {
        cost.rowsRead += meta.rows_read;
        cost.rowsWritten += meta.rows_written;
      }
    }
    return result;
  };
  const measured = async (work: () => Promise<unknown>): Promise<Cost> => {
    const before = { ...cost };
    await work();
    return {
      rowsRead: cost.rowsRead - before.rowsRead,
      rowsWritten: cost.rowsWritten - before.rowsWritten,
      limitRequests: cost.limitRequests - before.limitRequests,
    };
  };
  return { here: createTestApp({}, intercept), intercept, measured };
}

it('is what docs/deployment.md prices', async () => {
  const { here, intercept, measured } = meter();
  const { login, refresh } = client(here, 'username-pair');
  const person: TestUser = await addUser();
  // The account has logged in before; sessions and events of others cost nothing.
  for (let n = 0; n < 5; n += 1) await login(person);
  const last = await login(person);
  const { refresh: token } = tokensOf(last);

  // A known device: another one is looked for among the user's newest 500 events.
  const headers = { Cookie: `__Host-gh-device=${deviceOf(last)}` };
  const right = await measured(() => login(person, { headers }));
  const wrong = await measured(() => login({ ...person, password: 'a wrong one' }));
  const refreshed = await measured(() => refresh(token));
  const address = freshAddress();
  for (let n = 0; n < 61; n += 1) await login({ ...person, username: 'nobody' }, { address });
  const remembered = await measured(() => login(person, { address }));

  // A session and the event of its login, when their time has come.
  await env.DB.prepare('DELETE FROM sessions').run();
  await env.DB.prepare('DELETE FROM audit_events').run();
  await runCleanup(env);
  const idle = await measured(() => runCleanup(interceptBindings(env, intercept)));
  await login(person);
  await env.DB.prepare('UPDATE sessions SET expires_at_ms = 1').run();
  await env.DB.prepare('UPDATE audit_events SET at_ms = 1').run();
  const busy = await measured(() => runCleanup(interceptBindings(env, intercept)));
  const deleted = busy.rowsWritten - idle.rowsWritten;

  expect({ right, wrong, refreshed, remembered, deleted }).toEqual({
    // Two statements look at the seven sessions that the user has by then.
    right: { rowsRead: 41, rowsWritten: 7, limitRequests: 3 },
    wrong: { rowsRead: 4, rowsWritten: 3, limitRequests: 3 },
    refreshed: { rowsRead: 4, rowsWritten: 1, limitRequests: 0 },
    remembered: { rowsRead: 0, rowsWritten: 0, limitRequests: 0 },
    // One of each, and one that keeps the place: with 500 sessions it is still one.
    deleted: 3,
  });
});
