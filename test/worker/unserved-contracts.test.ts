/** The start makes no part of a contract that is not served, and no schema of one that is. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { contracts } from '../../src/contracts/index.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import { contractCase, addUser, freshAddress } from '../support/test-app.ts';

/** Throws wherever anything but its name is read. */
const unread = new Proxy({ name: 'unread' } as Contract, {
  get(target, property) {
    if (property === 'name') return target.name;
    throw new Error(`${String(property)} of a contract that is not served was read`);
  },
  ownKeys() {
    throw new Error('a contract that is not served was copied');
  },
});

it('starts and answers beside a contract that is not served, of which only the name is read', async () => {
  const { path, body } = contractCase('email-cookie');
  const app = createApp(Object.assign({}, env, { CONTRACTS: ['email-cookie'] }), [
    unread,
    ...contracts,
  ]);
  const statusOf = async (to: string, init: RequestInit = {}) => {
    const context = createExecutionContext();
    const request = new Request(`https://gatehouse.example${to}`, init);
    const { status } = await app.fetch(request, env, context);
    await waitOnExecutionContext(context);
    return status;
  };
  const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': freshAddress() };
  const login = { method: 'POST', headers, body: JSON.stringify(body(await addUser())) };
  expect(await statusOf(path, login)).toBe(200);
  expect(await statusOf('/email-cookie/login', { headers: { Accept: 'text/html' } })).toBe(200);
  expect(await statusOf('/openapi/unread.json')).toBe(404);
  expect(await statusOf('/unread/login')).toBe(404);
  expect(await statusOf('/.well-known/jwks.json')).toBe(200);
});

it('makes the schema of a request when its operation is first asked for', async () => {
  const made: string[] = [];
  const observed = contracts.map((contract) => ({
    ...contract,
    routes: contract.routes.map((route) => ({
      ...route,
      request: route.request && {
        ...route.request,
        decode: () => (made.push(`${contract.name} ${route.operation}`), route.request?.decode()),
      },
    })),
  })) as unknown as Contract[];
  const { path, body } = contractCase('email-cookie');
  const app = createApp(env, observed);
  const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': freshAddress() };
  const user = await addUser();
  const login = async () => {
    const context = createExecutionContext();
    const init = { method: 'POST', headers, body: JSON.stringify(body(user)) };
    await app.fetch(new Request(`https://gatehouse.example${path}`, init), env, context);
    await waitOnExecutionContext(context);
  };
  expect(made).toEqual([]);
  await login();
  await login();
  expect(made).toEqual(['email-cookie login']);
});
