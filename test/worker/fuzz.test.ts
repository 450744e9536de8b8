/**
 * Whatever is sent, wherever: never a failure of ours, and always the contract's own shape, held
 * against its published document (house() does that). A failing case prints its seed; kept ones
 * stand in `kept`.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACCOUNT_PATHS } from '../../src/http/account-routes.ts';
import { addUser, doors, house } from '../support/house.ts';
import { client, held } from '../support/session.ts';

const RUNS_EACH = 4_000;
/** Seeds of what once failed. */
const kept: readonly number[] = [];

const METHODS = [
  ...Array<string>(20).fill('POST'),
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'HEAD',
];
const FIELDS = [
  'username',
  'email',
  'password',
  'code',
  'token',
  'refreshToken',
  'rememberMe',
  'name',
  'currentPassword',
  'newPassword',
  '__proto__',
  'constructor',
];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.emailAddress(),
  fc.constantFrom('', ' ', '\u0000', '\uD800', 'a@b.c', '123456', 'null', "' OR 1=1 --", '../..'),
  fc.integer({ min: 200, max: 4000 }).map((length) => 'x'.repeat(length)),
);

const value = fc.oneof({ arbitrary: text, weight: 4 }, { arbitrary: fc.jsonValue(), weight: 1 });

/** What gets past validation: everything that any operation asks for, in plausible values. */
const plausible = fc
  .record({
    username: fc.constantFrom('person1', 'nobody', 'some.body-7'),
    email: fc.oneof(fc.emailAddress(), fc.constantFrom('person1@example.com', 'x@example.com')),
    password: fc.oneof(text, fc.constantFrom('correct horse 1', 'a long way off')),
    code: fc.oneof(text, fc.constantFrom('123456', '000000')),
    token: text,
    refreshToken: text,
    currentPassword: fc.oneof(text, fc.constant('correct horse 1')),
    newPassword: text,
  })
  .map((fields) => JSON.stringify(fields));

const body = fc.oneof(
  { weight: 6, arbitrary: plausible },
  {
    weight: 6,
    arbitrary: fc
      .dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 })
      .map((fields) => JSON.stringify(fields)),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '{', '[]', 'null', '"x"', `{"email":${'['.repeat(500)}`),
  },
);

const type = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=latin1',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'APPLICATION/JSON',
      ';',
    ),
  },
);

/** What a header may hold at all: anything else never leaves a client. */
const header = fc.string({
  unit: fc.constantFrom(...'abcXYZ019 ;=.,"\'%/:@[]{}()<>?*_~-'),
  maxLength: 60,
});

const paths = (base: string, profilePath: string) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        ...['login', 'logout', 'logout-all', 'refresh', 'sessions', ...ACCOUNT_PATHS].map(
          (path) => `${base}/${path}`,
        ),
        profilePath,
      ),
    },
    { weight: 1, arbitrary: fc.webPath().map((path) => `${base}${path}`) },
    {
      weight: 1,
      arbitrary: fc
        .string({ maxLength: 30 })
        .map(
          (id) => `${base}/sessions/${encodeURIComponent(id.replaceAll(/[\uD800-\uDFFF]/g, ''))}`,
        ),
    },
  );

it.each(doors)('answers $name’s callers in its own shape, whatever they send', async (door) => {
  const { name, contract } = door;
  // Far from every limit, or the fuzz would meet little but limits.
  const here = house({
    ADDRESS_LIMITS: { [name]: 1000 },
    LOCKOUT: { threshold: 100, stopAfterFailures: 1_000_000 },
    CONTRACTS: [name],
  });
  const person = await addUser();
  const tokens = held(await client(here, name).login(person));
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : 'refreshToken';

  const credentials = fc.record(
    {
      Authorization: fc.oneof(
        header,
        fc.constantFrom(
          `Bearer ${tokens.access}`,
          `Bearer ${tokens.access}x`,
          `Bearer ${tokens.refresh}`,
          'Bearer ',
        ),
      ),
      Cookie: fc.oneof(
        header,
        fc.constantFrom(`${cookie}=`, `${cookie}=x.y.z`, `${cookie}=${tokens.access}`),
      ),
      Origin: fc.oneof(header, fc.constantFrom('https://evil.example', 'null')),
      'CF-Connecting-IP': fc.oneof(header, fc.ipV4(), fc.ipV6()),
      'User-Agent': header,
      'Content-Length': fc.constantFrom('0', '-1', '99999999', 'x'),
    },
    { requiredKeys: [] },
  );

  const request = fc.record({
    method: fc.constantFrom(...METHODS),
    path: paths(contract.base, contract.profilePath),
    sent: body,
    contentType: type,
    headers: credentials,
    rest: fc.constantFrom('', '?x=1', '?return_to=//evil.example', '#x'),
  });
  const property = fc.asyncProperty(
    request,
    async ({ method, path, sent, contentType, headers, rest }) => {
      const bare = method === 'GET' || method === 'HEAD';
      const init = {
        method,
        headers: { 'Content-Type': contentType, ...headers },
        ...(bare ? {} : { body: sent }),
      };
      const { status, text: told } = await here.fetch(`/${name}${path}${rest}`, init);
      expect([method, path, status >= 500 ? told : 'no failure']).toEqual([
        method,
        path,
        'no failure',
      ]);
    },
  );
  for (const seed of kept) await fc.assert(property, { seed, numRuns: 200 });
  await fc.assert(property, { numRuns: RUNS_EACH });
});
