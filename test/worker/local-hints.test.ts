/** The lines of the local log that say why a browser keeps an answer or a cookie from a page. */
import { beforeEach, describe, expect, it } from 'vitest';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { createTestApp, deployed } from '../support/test-app.ts';

const HERE = 'http://localhost:3000';
const FRONTEND = 'http://localhost:5173';
const settings = { LOCAL_DEVELOPMENT: 'true', ALLOWED_ORIGINS: [FRONTEND] };
const cookie = '/email-cookie/api/v1/auth/refresh';
const bearer = '/username-pair/api/auth/refresh';

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

const hints = () =>
  captured
    .takeHints()
    .flatMap((line) => (line.startsWith('Hint: ') ? [line.slice('Hint: '.length)] : []));

const ask = (app: ReturnType<typeof createTestApp>, path: string, headers: object) =>
  app.fetch(path, {
    method: 'Access-Control-Request-Method' in headers ? 'OPTIONS' : 'POST',
    origin: HERE,
    headers: headers as Record<string, string>,
  });

const CROSS = { 'Sec-Fetch-Site': 'cross-site' };

describe('names the cause once', () => {
  it.each([
    [
      'an origin that is not listed',
      bearer,
      { Origin: 'http://127.0.0.1:5173', 'Sec-Fetch-Site': 'cross-site' },
      'ALLOWED_ORIGINS=["http://localhost:5173","http://127.0.0.1:5173"] to .dev.vars',
    ],
    [
      'the preflight of an origin that is not listed',
      bearer,
      { Origin: 'http://localhost:8080', 'Access-Control-Request-Method': 'POST' },
      'ALLOWED_ORIGINS does not have http://localhost:8080',
    ],
    ['a page without an origin', bearer, { Origin: 'null' }, 'no setting changes that'],
    [
      'a cookie contract that another site calls',
      cookie,
      { Origin: FRONTEND, ...CROSS },
      'http://localhost:5173 and http://localhost:3000 are two sites',
    ],
    [
      'a preflight with a method that the contract does not take',
      bearer,
      { Origin: FRONTEND, 'Access-Control-Request-Method': 'PUT' },
      'takes no method PUT from other origins, only GET, POST, PATCH, DELETE.',
    ],
    [
      'a preflight with a header that the contract does not take',
      bearer,
      {
        Origin: FRONTEND,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-csrf-token',
      },
      'takes no header x-csrf-token from other origins, only Authorization, Content-Type.',
    ],
  ])('for %s', async (...[, path, headers, expected]) => {
    const app = createTestApp(settings);
    for (let n = 0; n < 3; n += 1) await ask(app, path, headers);
    expect(hints()).toEqual([expect.stringContaining(expected)]);
  });

  it('for each of two causes of one request', async () => {
    await ask(createTestApp(settings), cookie, { Origin: 'http://127.0.0.1:5173', ...CROSS });
    expect(hints()).toEqual([
      expect.stringContaining('ALLOWED_ORIGINS does not have http://127.0.0.1:5173'),
      expect.stringContaining('are two sites'),
    ]);
  });
});

it.each([
  ['of its own origin', cookie, { Origin: HERE, 'Sec-Fetch-Site': 'same-origin' }],
  ['of a listed origin of its site', cookie, { Origin: FRONTEND, 'Sec-Fetch-Site': 'same-site' }],
  ['of another site without cookies', bearer, { Origin: FRONTEND, ...CROSS }],
  ['without an origin', cookie, CROSS],
  [
    'of a preflight that is granted',
    cookie,
    {
      Origin: FRONTEND,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  ],
])('says nothing of a request %s', async (_, path, headers) => {
  await ask(createTestApp(settings), path, headers);
  expect(hints()).toEqual([]);
});

it('says nothing in a deployment', async () => {
  const app = createTestApp({ ...settings, ...deployed });
  await app.post(cookie, {}, { headers: { Origin: 'https://evil.example', ...CROSS } });
  expect(hints()).toEqual([]);
});

it('stops after fifty causes', async () => {
  const app = createTestApp(settings);
  for (let n = 0; n < 60; n += 1) await ask(app, bearer, { Origin: `http://localhost:${n}` });
  expect(hints()).toHaveLength(50);
});
