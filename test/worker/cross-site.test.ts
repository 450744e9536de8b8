/** Requests that a page of another site can cause without a preflight (OWASP ASVS 5.0, V3.5). */
import { expect, it } from 'vitest';
import { FORM, operationsOf, routeOf } from '../../src/contracts/routes.ts';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';
import { client, encoded } from '../support/session.ts';

it.each(contractCases)(
  'refuses a form of another site at every operation of $name, before any call',
  async ({ name, contract, inputs, statusAt }) => {
    const input = inputs(await addUser());
    // refresh-cookie.test.ts sends forms with the refresh cookie.
    const withBody = operationsOf(contract).filter((name) => routeOf(contract, name).request);
    for (const operation of withBody) {
      const request = encoded(name, operation, { input: input[operation] as never });
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const calls: unknown[] = [];
        const here = createTestApp({}, (call, proceed) => (calls.push(call), proceed()));
        const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
        const { status } = await here.send(request, { headers });
        const takesForms = routeOf(contract, operation).accepts === FORM;
        const refusal = takesForms ? 'cross-site' : 'malformed';
        expect([operation, type, status]).toEqual([operation, type, statusAt(operation)[refusal]]);
        expect([operation, type, calls]).toEqual([operation, type, []]);
      }
    }
  },
);

it.each([
  ['/gotrue/auth/v1/token', 400],
  ['/gotrue/auth/v1/token?grant_type=magic', 400],
  ['/oauth2/token', 403],
])(
  'calls nothing for a request of another site that asks for no operation: %s',
  async (path, status) => {
    const calls: unknown[] = [];
    const app = createTestApp({}, (call, proceed) => (calls.push(call), proceed()));
    const headers = { 'Content-Type': 'text/plain', Origin: 'https://evil.example' };
    const answer = await app.fetch(path, { method: 'POST', headers, body: 'grant_type=x' });
    expect([answer.status, calls]).toEqual([status, []]);
  },
);

it.each([
  ['text/plain', []],
  ['application/json', ['limits']],
  ['application/x-amz-json-1.1', ['limits']],
])(
  'counts a malformed body of another site only where it took a preflight: %s',
  async (type, to) => {
    const calls: string[] = [];
    const app = createTestApp({}, (call, proceed) => (calls.push(call.to), proceed()));
    const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
    const { status } = await client(app, 'odd2nested').askRaw('change-password', '{', { headers });
    expect([status, calls]).toEqual([422, to]);
  },
);
