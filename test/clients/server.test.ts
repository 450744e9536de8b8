/** The server of the client tests itself: asked by fetch, which is the client of the five documents. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';

let server: ClientServer;

beforeAll(async () => {
  server = await startClientServer({
    CONTRACTS: ['email-envelope'],
    ADDRESS_LIMITS: { 'email-envelope': 1 },
  });
});

afterAll(() => server?.close());

const post = (path: string, body: object, headers: Record<string, string>) =>
  fetch(`${server.origin}/api/v1/auth${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

it('knows the accounts of each test, limits by address and shows its e-mails', async () => {
  const { email, password } = await server.createUser();
  const address = newAddress();
  const wrong = { email, password: 'another pass phrase' };
  expect((await post('/login', wrong, address)).status).toBe(401);
  expect((await post('/login', { email, password }, address)).status).toBe(429);
  expect((await post('/login', { email, password }, newAddress())).status).toBe(200);
  await post('/forgot-password', { email }, newAddress());
  expect(await server.inMailTo(email, /#token=([\w-]+)/)).toMatch(/^[\w-]{43}/);
});
