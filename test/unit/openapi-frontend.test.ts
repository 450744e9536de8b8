/** The OpenAPI documents, as a frontend developer reads them: bounds, tokens, cookies, refusals. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ADVICE } from '../../tools/openapi/advice.ts';
import { openApiDocument } from '../../tools/openapi/document.ts';
import { knownContracts } from '../support/contract-cases.ts';

const contractNamed = (name: string) => {
  const found = knownContracts.find((contract) => contract.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
};

const documentOf = (contract: (typeof knownContracts)[number]): any =>
  openApiDocument(contract, null);

const [NEW, CURRENT] = [
  [8, 256],
  [1, undefined],
] as const;
/** Smallest and largest length of each password, by operation; `twice`: `strapi` has the new one so. */
const BOUNDS: Record<string, Record<string, readonly [number, number | undefined]>> = {
  register: { password: NEW },
  'reset-password': { password: NEW },
  'change-password': { currentPassword: CURRENT, newPassword: NEW },
  'change-email': { password: CURRENT },
  'delete-account': { password: CURRENT },
  'verify-email': { password: CURRENT },
  reauthenticate: { password: CURRENT },
};

it.each(knownContracts)('has the bounds of passwords in the document of $name', (contract) => {
  const { paths, components } = documentOf(contract);
  const operations = Object.values(paths).flatMap((methods: any) => Object.values<any>(methods));
  for (const [id, expected] of Object.entries(BOUNDS)) {
    const body = operations.find(({ operationId }) => operationId === id)?.requestBody;
    const [{ schema }] = Object.values<any>(body?.content ?? {});
    const named = components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    const fields = named.properties.user?.properties ?? named.properties;
    const found = Object.keys(expected).map((name) => {
      const isSetAsPassword = name === 'newPassword' && !('newPassword' in fields);
      const { minLength, maxLength } = fields[isSetAsPassword ? 'password' : name];
      return [name, [minLength, maxLength]];
    });
    expect([id, Object.fromEntries(found)]).toEqual([id, expected]);
  }
});

it('says with each refusal what it asks of a frontend', () => {
  const { paths } = documentOf(contractNamed('email-cookie'));
  const answer = paths['/api/v1/auth/login'].post.responses['401'];
  const { examples } = answer.content['application/json'];
  expect(examples.invalid.description).toBe(
    'Say that name or password is wrong, never which of them, and keep the name in the form',
  );
});

it.each([
  [
    'email-cookie',
    '/api/v1/profile',
    'get',
    'Refresh once and repeat the request once; after that, ask to sign in',
  ],
  ['email-cookie', '/api/v1/auth/refresh', 'post', 'Forget the tokens, and ask to sign in'],
  ['email-envelope', '/api/v1/profile', 'get', 'Forget the tokens, and ask to sign in'],
])('asks for a refresh only where one can help: %s %s', (...[name, path, method, advice]) => {
  const answer = documentOf(contractNamed(name)).paths[path][method].responses['401'];
  const { examples } = answer.content['application/json'];
  expect(examples.unauthenticated.description).toBe(advice);
});

it.each([
  ['username-pair', true, true],
  ['email-remember', false, true],
  ['oauth2', true, false],
  ['keycloak', true, false],
] as const)(
  'describes refreshes and device cookie as they are at %s',
  (name, refreshes, knowsDevice) => {
    const { description } = documentOf(contractNamed(name)).info;
    expect(description.includes('refresh once')).toBe(refreshes);
    expect(description.includes('no device is known')).toBe(!knowsDevice);
  },
);

it('has the same table in docs/from-your-frontend.md', () => {
  const guide = readFileSync('docs/from-your-frontend.md', 'utf8');
  const rows = [...guide.matchAll(/^\| `([\w-]+)` +\| (.+?) +\|$/gm)].map(([, key, text]) => [
    key,
    text,
  ]);
  expect(rows.filter(([key = '']) => key in ADVICE)).toEqual(Object.entries(ADVICE));
});

it('names the place of every token, the cookies’ attributes and the sites that they work from', () => {
  const { info, components, paths } = documentOf(contractNamed('email-cookie'));
  expect(info.description).toContain('Access token: `token` of the answer; sent in the header');
  expect(info.description).toContain('`localhost` and `127.0.0.1` are two sites');
  expect(components.securitySchemes.cookie.description).toContain('no script can read');
  const { headers } = paths['/api/v1/auth/login'].post.responses['200'];
  expect(headers['Set-Cookie'].description).toContain(
    'The refresh token (HttpOnly; Secure; SameSite=Strict; Max-Age=604800)',
  );
  const { info: other } = documentOf(contractNamed('username-pair'));
  expect(other.description).toContain('It may be of any site');
  expect(other.description).toContain('`tokens.refreshToken` of the answer; sent in the body');
});
