/** Draws what is done to a request that would have been granted. */
import * as fc from 'fast-check';
import { editOf, MARK, oddText } from './edits.ts';
import { HEADERS } from './headers.ts';
import { ENCODINGS, type Change } from './outgoing.ts';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'QUERY',
  'PROPFIND',
  'PURGE',
  'TRACE',
  'CONNECT',
  'post',
  'Delete',
  'LOCK',
  'SEARCH',
];

const NESTED = 2_000;
const nested = '['.repeat(NESTED) + ']'.repeat(NESTED);

const json = fc.oneof(
  { weight: 4, arbitrary: oddText.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'null',
      'true',
      '0',
      '-0',
      '1e400',
      '123456',
      '9007199254740993',
      '[]',
      '{}',
      nested,
      '["a"]',
      '{"$ne":null}',
      '{"__proto__":{"admin":true}}',
      '{"toJSON":1}',
      '"\\u0000"',
      '"\\ud800"',
      '"\\uDC00\\ud800"',
      '"johndoe"',
      '"brackly@griot.com"',
      '"12345678"',
    ),
  },
);

const fieldName = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '',
    'username',
    'email',
    'password',
    'code',
    'token',
    'refreshToken',
    'rememberMe',
    'name',
    'Password',
    'EMAIL',
    'password ',
    'role',
    'isAdmin',
    'status',
    'id',
    '\ud800',
    MARK,
  ),
  oddText,
);

const which = fc.nat({ max: 3 });
type FieldChange = Extract<Change, { which: number } | { extra: string }>;

const field: fc.Arbitrary<FieldChange> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ which, edit: editOf(oddText) }) },
  { weight: 3, arbitrary: fc.record({ which, json: fc.option(json, { freq: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ which, named: fieldName }) },
  { weight: 2, arbitrary: fc.record({ extra: fieldName, json, first: fc.boolean() }) },
);

const JSON_BITS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\u0000',
  '/**/',
  'NaN',
  "'",
  '//',
];

const body = fc.oneof<fc.MaybeWeightedArbitrary<Change>[]>(
  {
    weight: 3,
    arbitrary: editOf(oddText, fc.constantFrom(...JSON_BITS)).map((text) => ({ text })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('', '{', '[]', '[{}]', 'null', '"x"', '0', '{}', nested)
      .map((put) => ({ text: { put } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]))
      .map((bytes) => ({ bytes })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(16_383, 16_384, 16_385, 20_000).map((size) => ({ size })),
  },
  { weight: 1, arbitrary: fc.constant({ size: 2 ** 20 }) },
);

/** What a header may hold at all: anything else never leaves a client. */
const headerText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abXY01 ;=.,"\'%/:@[]{}()<>?*_~-\t'), maxLength: 60 }),
  fc.constantFrom('', ' ', MARK, `${MARK}=1; ${MARK}=2`, '\u00e9\u00ff', ','),
  fc.constantFrom(300, 5000).map((length) => 'h'.repeat(length)),
);

/** Drawn as often as all the others together. */
const DECIDING = ['Content-Type', 'Authorization', 'Cookie', 'Origin'];
const headerName = fc.oneof(fc.constantFrom(...DECIDING), fc.constantFrom(...Object.keys(HEADERS)));

const header = headerName.chain((name) => {
  const value = fc.oneof(fc.constantFrom('', ...(HEADERS[name] ?? [])), headerText);
  return fc.oneof<fc.MaybeWeightedArbitrary<Change>[]>(
    { weight: 4, arbitrary: value.map((value) => ({ header: name, value })) },
    { weight: 1, arbitrary: fc.constant({ header: name, value: null }) },
    { weight: 1, arbitrary: value.map((also) => ({ header: name, also })) },
    { weight: 1, arbitrary: editOf(headerText).map((edit) => ({ header: name, edit })) },
  );
});

const PATH_BITS = [
  '/',
  '//',
  '/./',
  '/../',
  ';a=b',
  '%2f',
  '%2F%2e%2e',
  '%00',
  '.json',
  '?x=1',
  '#x',
  '%ZZ',
  '%',
  '%F0%9F',
  '\\',
  '%252e',
  '*',
  ':id',
  '{id}',
  '%0d%0a',
  '?token=',
  ' ',
  '\u00e9',
  '@',
  'https://evil.example/',
  `?${MARK}`,
  `/${MARK}`,
  '?return_to=//evil.example',
  '?return_to=/%22%3E%3Ckwyjibo',
  '?return_to=javascript:kwyjibo',
  '?return_to=https://app.example.com/x',
  '|',
  '^',
  '`',
];
const pathBit = fc.oneof(fc.constantFrom(...PATH_BITS), fc.webSegment());

const path = fc.oneof<fc.MaybeWeightedArbitrary<Change>[]>(
  {
    weight: 4,
    arbitrary: editOf(fc.oneof(pathBit, fc.webPath()), pathBit).map((path) => ({ path })),
  },
  { weight: 2, arbitrary: editOf(pathBit).map((lastSegment) => ({ lastSegment })) },
  {
    weight: 2,
    arbitrary: oddText.map((text) => ({
      lastSegment: { put: encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\uFFFD')) },
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(null, '', 'nobody', 'constructor', '__proto__', '.', 'admin')
      .map((prefix) => ({ prefix })),
  },
);

const TOKEN_BITS = [
  '.',
  '..',
  '=',
  ' ',
  'A',
  '-',
  '_',
  '+',
  '/',
  '%2e',
  ',',
  ';',
  'e30',
  '"',
  '\t',
];

const credential = editOf(
  fc.oneof(fc.constantFrom('', '.', '..', 'a.b.c', 'null', MARK), headerText),
  fc.constantFrom(...TOKEN_BITS),
).map((credential): Change => ({ credential }));

/** One part of the request, of whatever kind; `hasFields`: there is a body to begin with. */
export const changeOf = (hasFields: boolean) =>
  fc.oneof<fc.MaybeWeightedArbitrary<Change>[]>(
    { weight: hasFields ? 6 : 0, arbitrary: field },
    { weight: hasFields ? 3 : 1, arbitrary: body },
    { weight: 5, arbitrary: header },
    { weight: 3, arbitrary: path },
    { weight: 3, arbitrary: credential },
    { weight: 2, arbitrary: fc.constantFrom(...METHODS).map((method) => ({ method })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(`${MARK}.example`, 'localhost', '127.0.0.1:8787', '[::1]')
        .map((host) => ({ host })),
    },
  );
