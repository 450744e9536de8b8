/** Draws mutations of a request that would be granted. */
import * as fc from 'fast-check';
import { encodings, forms, type Edit, type Mutation } from './mutation.ts';

/** Stands in what is sent, and in nothing that is answered or logged. */
export const MARK = 'kwyjibo';

const oneOf = (words: string) => fc.constantFrom(...words.split(' '));
const percent = fc.oneof(fc.constantFrom(0, 100), fc.integer({ min: 0, max: 100 }));

type Weighted<T> = fc.WeightedArbitrary<T>;
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>): Weighted<T> => ({
  weight,
  arbitrary,
});

/** `inserted`: text that fits into the middle, where `put` replaces all. */
export const editOf = (put: fc.Arbitrary<string>, inserted: fc.Arbitrary<string> = put) =>
  fc.oneof<Weighted<Edit>[]>(
    weighted(3, fc.record({ put })),
    weighted(3, fc.record({ insert: inserted, at: percent })),
    weighted(1, fc.record({ cut: percent })),
    weighted(2, fc.record({ flip: percent })),
    weighted(1, fc.record({ times: fc.constantFrom(2, 3, 200) })),
    weighted(2, fc.record({ form: fc.constantFrom(...forms) })),
  );

/** Text that has brought down one parser or another. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  oneOf(
    `\u0000 \uD800 \uDFFFx \uFEFF \u202E \\ ../.. null __proto__ %00 {{7*7}} <script> a\u0301 ﬀ İ ß \u{1F469}\u200D\u{1F680} 0 -1 000000 a@b.c ${MARK}`,
  ),
  fc.constantFrom('', ' ', '\r\nSet-Cookie: a=b', "' OR 1=1 --", `"><${MARK} x='`),
  fc.integer({ min: 200, max: 4000 }).map((length) => 'x'.repeat(length)),
);

const NESTED = '['.repeat(2_000) + ']'.repeat(2_000);
const json = fc.oneof(
  weighted(
    4,
    oddText.map((text) => JSON.stringify(text)),
  ),
  weighted(
    2,
    fc.jsonValue().map((value) => JSON.stringify(value)),
  ),
  weighted(
    3,
    oneOf(
      `null true 0 -0 1e400 123456 9007199254740993 [] {} ${NESTED} ["a"] {"$ne":null} {"__proto__":{"admin":true}} {"toJSON":1} "\\u0000" "\\ud800" "\\uDC00\\ud800" "johndoe" "brackly@griot.com" "12345678"`,
    ),
  ),
);

const fieldName = fc.oneof(
  oneOf(
    `__proto__ constructor prototype toString hasOwnProperty length username email password code token refreshToken rememberMe name Password EMAIL role isAdmin status id \ud800 ${MARK}`,
  ),
  fc.constantFrom('', 'password '),
  oddText,
);

const index = fc.nat({ max: 3 });
const field = fc.oneof<Weighted<Mutation>[]>(
  weighted(4, fc.record({ field: index, edit: editOf(oddText) })),
  weighted(3, fc.record({ field: index, json })),
  weighted(1, fc.record({ field: index, edit: fc.constant({ put: null }) })),
  weighted(1, fc.record({ fieldName: index, put: fieldName })),
  weighted(2, fc.record({ extra: fieldName, json, first: fc.boolean() })),
);

const body = fc.oneof<Weighted<Mutation>[]>(
  weighted(
    3,
    fc.record({ body: editOf(oddText, oneOf('{ } [ ] , : " \\ \n \u0000 /**/ NaN \' //')) }),
  ),
  weighted(1, fc.record({ body: fc.record({ put: oneOf(`{ [] [{}] null "x" 0 {} ${NESTED}`) }) })),
  weighted(2, fc.record({ bytes: fc.constantFrom(...encodings) })),
  weighted(2, fc.record({ size: fc.constantFrom(0, 16_383, 16_384, 16_385, 2 ** 20) })),
);

/** Values that mean something to this app, or to others. */
const HEADERS: Record<string, readonly string[]> = {
  'Content-Type': [
    ...'text/plain application/x-www-form-urlencoded multipart/form-data ; json APPLICATION/JSON application/problem+json application/jsonx application/json;;; application/json;charset=utf-16'.split(
      ' ',
    ),
    'application/json; charset=latin1',
    'application/json, text/plain',
    ' application/json ',
  ],
  Authorization: ['Bearer', 'Bearer ', 'Basic am9objpkb2U=', 'Bearer null', 'Bearer a.b.c'],
  Cookie:
    '__Host-gh-device=x~1~1~x __Host-gh-device= refreshToken= refreshToken=x.y.z = ;;; a=%ZZ refreshToken=" __proto__=1'.split(
      ' ',
    ),
  Origin: ['https://evil.example', 'null', 'https://app.example.com', 'https://gatehouse.example'],
  'Sec-Fetch-Site': ['cross-site', 'same-site', 'same-origin', 'none'],
  'CF-Connecting-IP': '::1 256.1.1.1 1.2.3.4,5.6.7.8 fe80::1%eth0 [::1] ::ffff:1.2.3.4'.split(' '),
  'X-Forwarded-For': ['127.0.0.1'],
  'X-Forwarded-Proto': ['https', 'http'],
  'X-Forwarded-Host': [`${MARK}.example`],
  'X-HTTP-Method-Override': ['DELETE', 'GET'],
  'X-Original-URL': ['/admin'],
  'X-Request-Id': [MARK, '00000000-0000-4000-8000-000000000000'],
  'Content-Length': ['0', '-1', '99999999', 'x', '16385'],
  'Content-Encoding': ['gzip', 'br', 'identity', MARK],
  'Transfer-Encoding': ['chunked', 'gzip, chunked'],
  'Access-Control-Request-Method': ['POST', 'PUT', MARK],
  'Access-Control-Request-Headers': [MARK, 'authorization, content-type'],
  Accept: ['text/csv', 'application/xml', '*/*;q=0', MARK],
  'Accept-Language': ['de', `${MARK};q=9`, '*'],
  'User-Agent': [MARK, 'Mozilla/5.0 (Windows NT 10.0) Chrome/99'],
  Upgrade: ['websocket', 'h2c'],
  Expect: ['100-continue'],
  Range: ['bytes=0-1'],
  'If-None-Match': ['*'],
  Host: [`${MARK}.example`],
};

/** Characters that a header can hold: anything else never leaves a client. */
const headerText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abXY01 ;=.,"\'%/:@[]{}()<>?*_~-\t'), maxLength: 60 }),
  fc.constantFrom('', ' ', ',', MARK, `${MARK}=1; ${MARK}=2`, '\u00e9\u00ff', 'h'.repeat(5000)),
);
const headerName = fc.oneof(
  oneOf('Content-Type Authorization Cookie Origin'),
  fc.constantFrom(...Object.keys(HEADERS)),
);
const header = headerName.chain((name) => {
  const value = fc.oneof(fc.constantFrom('', ...(HEADERS[name] ?? [])), headerText);
  const header = fc.constant(name);
  return fc.oneof<Weighted<Mutation>[]>(
    weighted(4, fc.record({ header, edit: fc.record({ put: value }) })),
    weighted(1, fc.record({ header, edit: fc.constant({ put: null }) })),
    weighted(1, fc.record({ header, second: value })),
    weighted(1, fc.record({ header, edit: editOf(headerText) })),
  );
});

const pathPart = fc.oneof(
  oneOf(
    `/ // /./ /../ ;a=b %2f %2F%2e%2e %00 .json ?x=1 #x %ZZ % %F0%9F \\ %252e * :id {id} %0d%0a ?token= \u00e9 @ https://evil.example/ ?${MARK} /${MARK} ?return_to=//evil.example ?return_to=/%22%3E%3C${MARK} ?return_to=javascript:${MARK} ?return_to=https://app.example.com/x | ^ \` `,
  ),
  fc.webSegment(),
);
const path = fc.oneof<Weighted<Mutation>[]>(
  weighted(4, fc.record({ path: editOf(fc.oneof(pathPart, fc.webPath()), pathPart) })),
  weighted(2, fc.record({ lastSegment: editOf(pathPart) })),
  weighted(
    2,
    oddText.map((text) => ({
      lastSegment: { put: encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\uFFFD')) },
    })),
  ),
  weighted(1, fc.record({ prefix: oneOf(' / /nobody /constructor /__proto__ /. /admin') })),
);

const credential = fc.record({
  credential: editOf(
    fc.oneof(oneOf(` . .. a.b.c null ${MARK}`), headerText),
    oneOf('. .. = A - _ + / %2e , ; e30 " \t '),
  ),
});

const METHODS =
  'GET HEAD POST PUT PATCH DELETE OPTIONS QUERY PROPFIND PURGE TRACE CONNECT post Delete LOCK SEARCH';

/** One mutation of any part of a request; `hasFields`: its body has fields. */
export const mutationOf = (hasFields: boolean) =>
  fc.oneof<Weighted<Mutation>[]>(
    weighted(hasFields ? 6 : 0, field),
    weighted(hasFields ? 3 : 1, body),
    weighted(5, header),
    weighted(3, path),
    weighted(3, credential),
    weighted(2, fc.record({ method: oneOf(METHODS) })),
    weighted(1, fc.record({ host: oneOf(`${MARK}.example localhost 127.0.0.1:8787 [::1]`) })),
  );
