/**
 * Malformed settings: the start is refused, and the error names the setting at fault and shows
 * nothing of its value, which may be a secret.
 */
import { describe, expect, it } from 'vitest';
import { complaint } from './sample-env.ts';

const CANARY = 'c4n4ry';
/** 32 bytes, 31 bytes, and 32 bytes in plain base64. */
const KEY = `${'AgIC'.repeat(10)}AgI`;
const SHORT = KEY.slice(1);
const PLAIN = `${KEY.slice(4)}+/==`;
const SPACED = `${CANARY} ${'x'.repeat(32)}`;

const publicEd = { kty: 'OKP', crv: 'Ed25519', x: KEY, kid: 'ed', alg: 'EdDSA' };
const ed = { ...publicEd, d: KEY };
const es = { kty: 'EC', crv: 'P-256', x: KEY, y: KEY, d: KEY, kid: 'es', alg: 'ES256' };
const hs = { kty: 'oct', k: KEY, kid: 'hs', alg: 'HS256' };
const NAME = 'email-cookie';
const machine = (changes: object) => ({ id: 'ci', token: KEY, scope: 'read', ...changes });
const restricted = (...contracts: string[]) => ({ ...hs, contracts });
const rsa = { kty: 'RSA', n: KEY, e: 'AQAB', d: KEY, p: KEY, q: KEY, kid: 'rs', alg: 'RS256' };

const NOT_SERVED = 'is not in CONTRACTS';
const NO_ALG = 'has no alg of';
const NO_LIST = 'has contracts that are not a list of names';
const NOT_PRIVATE = 'is not a private key';
const NOT_PARENT = 'domain is neither the host of PAGES_ORIGIN nor a parent domain of it';
const TOO_CHEAP = 'is below 600000 iterations in all';

/** Setting or a path within it, a part of the message, and values that are refused. */
const refused: [path: string, says: string, ...values: unknown[]][] = [
  ['CONTRACTS', '', undefined, CANARY, 5, null, [], [5], {}, '', JSON.stringify(CANARY)],
  ['CONTRACTS', 'there is no contract "email-cooky"', ['email-cookie', 'email-cooky']],
  ['CONTRACTS', 'names a contract twice', ['email-cookie', 'email-cookie']],
  ['CONTRACT_HOSTS', '', CANARY, 5, null, [CANARY], { host: 5 }, ''],
  ['CONTRACT_HOSTS', NOT_SERVED, { 'a.example': 'username-coded' }],
  ['ALLOWED_ORIGINS', '', CANARY, { CANARY }],
  ['ALLOWED_ORIGINS.0', '', '*', 'null', CANARY, `https://${CANARY}/`, 'file:///', 5],
  ['ALLOWED_ORIGINS.0', 'is not an origin', `https://${CANARY}/path`],
  ['ISSUER', '', undefined, CANARY, '', 5, null],
  ['ISSUER', 'is not https', 'http://localhost:3000'],
  ['AUDIENCE', '', undefined, '', 5, null],
  ['LOCAL_DEVELOPMENT', '', CANARY, '', true, 'TRUE', '1', null],
  ['TOKEN_LIFETIMES', '', CANARY, 5, [CANARY]],
  ['TOKEN_LIFETIMES', NOT_SERVED, { 'username-coded': { accessSeconds: 60 } }],
  ['TOKEN_LIFETIMES.email-cookie', '', CANARY, { accessMinutes: 5 }],
  ['TOKEN_LIFETIMES.email-cookie.accessSeconds', '', CANARY, 0, 1.5, 400 * 86_400 + 1],
  ['TOKEN_LIFETIMES.email-remember', 'has no refreshSeconds', { refreshSeconds: 60 }],
  ['TOKEN_LIFETIMES.email-cookie', 'has no rememberedSeconds', { rememberedSeconds: 60 }],
  ['IMMEDIATE_REGISTRATION', '', CANARY, 5, null, [5]],
  ['IMMEDIATE_REGISTRATION', NOT_SERVED, ['username-coded']],
  ['IMMEDIATE_REGISTRATION', 'has no answer that registers at once', ['email-cookie']],
  ['ADDRESS_LIMITS', '', CANARY, 5],
  ['ADDRESS_LIMITS', NOT_SERVED, { 'username-coded': 5 }],
  ['ADDRESS_LIMITS.email-cookie', '', 0, -1, 1.5, 1001, CANARY],
  ['SESSION_ABSOLUTE_SECONDS', '', CANARY, 0, 1.5, 400 * 86_400 + 1, null],
  ['LOCKOUT', '', CANARY, 5, { treshold: 5 }],
  ['LOCKOUT.threshold', '', 0, 101, CANARY],
  ['LOCKOUT.lockSeconds', '', 0, 86_401],
  ['LOCKOUT.growth', '', 0.5, 11],
  ['LOCKOUT.stopAfterFailures', '', 0],
  ['LOCKOUT.stopAfterFailures', 'stopAfterFailures is below threshold', 4],
  ['DEVICE_COOKIES', '', CANARY, 1, null, '"true"'],
  ['NEW_ACCOUNTS', '', CANARY, null, { group: { id: CANARY, name: 'G' } }],
  ['NEW_ACCOUNTS.role', '', CANARY, { id: CANARY }, { id: '', name: CANARY }],
  ['NEW_ACCOUNTS.role', '', { id: CANARY, name: 'R\n' }, { id: 'r'.repeat(65), name: CANARY }],
  ['NEW_ACCOUNTS.team', '', { id: CANARY, name: 'T', more: 1 }],
  ['PASSWORD_COST', '', CANARY, 5, { round: 6 }],
  ['PASSWORD_COST', TOO_CHEAP, { iterations: 100, rounds: 6 }, { iterations: 99_999, rounds: 6 }],
  ['PASSWORD_COST', TOO_CHEAP, { iterations: 100_000, rounds: 5 }],
  ['PASSWORD_COST.iterations', '', 0, 100_001, 600_000],
  ['PASSWORD_COST.rounds', '', 0, 33, CANARY],
  ['PASSWORD_RULES', '', CANARY, 5, { breached: 'true' }, { lest: 8 }],
  ['PASSWORD_RULES.least', '', 7, 65, 8.5, '8', CANARY],
  ['PASSWORD_RULES.most', '', 63, 1025, CANARY],
  ['PAGES_ORIGIN', '', CANARY, '', 5, null, `https://${CANARY}/`, `https://${CANARY}/path`, 'null'],
  ['PAGES_ORIGIN', 'is not https', 'http://localhost:3000'],
  ['MAIL', '', CANARY, 5, { transport: CANARY }, { form: 'a@b.example' }],
  ['MAIL.from', '', CANARY, '', `${CANARY}@`, `${CANARY} <${CANARY}>`, 5],
  ['MAIL.from', '', `a\r\nBcc: ${CANARY} <a@b.example>`, `"${CANARY}" <a@b.example>`],
  ['MAIL.from', '', '\\ <a@b.example>', 'a, b <a@b.example>', 'a <a@b.example>, b <c@d.example>'],
  ['MAIL', 'has no service any more: set BRAND.name', { service: 'Acme' }],
  ['BRAND', '', CANARY, 5, { nam: 'Acme' }],
  ['BRAND.logo', 'is not an https URL', 'http://a.example/logo.svg', CANARY, '', 'data:,x'],
  ['BRAND.logoDark', 'is not an https URL', `https://${CANARY}@a.example/`, 'https://a b.example'],
  ['BRAND.accent', 'is not a colour', 'green', '#fff', '#12345', '#1234567', `#${CANARY}`, ''],
  ['BRAND', 'accent has a contrast of 4.4 to the page', { accent: '#707070' }],
  ['BRAND', 'accent has a contrast of 1 to the page', { accent: '#F4F5F2' }],
  ['BRAND', 'accentDark has a contrast of 4.4 to the page', { accentDark: '#959595' }],
  ['BRAND', 'accentDark has a contrast of 1', { accent: '#000000', accentDark: '#1d2320' }],
  ['BRAND.support', 'is neither an https URL nor', CANARY, 'tel:1', 'mailto:', 'http://a.example'],
  ['BRAND.support', 'is neither', 'mailto:a@b.c,d@e.f', 'mailto:a@b.c?cc=d'],
  ['BRAND.terms', 'is not an https URL', 'mailto:a@b.example', 'javascript:alert(1)', '/terms'],
  ['BRAND.privacy', 'is not an https URL', 'https://', 'https:a.example'],
  ['BRAND.name', '', '', ' ', `a\n${CANARY}`, `<${CANARY}>`, 'x'.repeat(61), 'a\u2028b', 5],
  ['EMAIL_LIMITS', '', CANARY, 5, { perhour: 5 }],
  ['EMAIL_LIMITS.perAddressPerHour', '', 0, -1, 1.5, 1_001, CANARY],
  ['EMAIL_LIMITS.perHour', '', 0, 1.5, 1_000_001, CANARY],
  ['EMAIL_DELAY_MS', '', CANARY, -1, 1.5, 10_001, null, {}],
  ['RESEND_API_KEY', '', '', `re ${CANARY}`, `re\n${CANARY}`, 5, null],
  ['OPERATOR_TOKEN', '', '', `${CANARY}${'x'.repeat(25)}`, SPACED, 5, null],
  ['OPERATOR_TOKEN', '', {}, [], '[]', `[{"id":"a","token":"${CANARY}`, [SPACED], [KEY]],
  [
    'OPERATOR_TOKEN',
    'has an id twice',
    ['a', 'b', 'a'].map((id, n) => machine({ id, token: `${n}${KEY}` })),
  ],
  ['OPERATOR_TOKEN', 'has a token twice', ['a', 'b'].map((id) => machine({ id }))],
  ['OPERATOR_TOKEN.0', '', { id: 'a', token: KEY }, { token: KEY, scope: 'read' }],
  ['OPERATOR_TOKEN.0', '', machine({ scope: 'admin' }), machine({ scope: 'WRITE' })],
  ['OPERATOR_TOKEN.0', 'is not an id', machine({ id: '' }), machine({ id: 'a b' })],
  ['OPERATOR_TOKEN.0', 'is not an id', machine({ id: `token:${CANARY}` })],
  ['OPERATOR_TOKEN.0', 'has less than 32', machine({ token: 'x'.repeat(31) })],
  ['OPERATOR_TOKEN.0', 'has less than 32', machine({ token: SPACED })],
  ['OPERATOR_TOKEN.0', 'has an unknown field', machine({ [CANARY]: KEY })],
  ['OPERATORS', '', CANARY, 5, null, { writeRoles: 'ops' }, { roles: ['ops'] }],
  ['OPERATORS.readRole', '', '', null, 5, ['ops'], 'o\nps', 'r'.repeat(65)],
  ['OPERATORS.writeRole', '', '', null, true],
  ['OPERATORS', 'neither readRole nor writeRole', { contract: NAME }],
  ['OPERATORS', 'names one role twice', { readRole: CANARY, writeRole: CANARY }],
  ['OPERATORS', NOT_SERVED, { writeRole: 'ops', contract: 'username-coded' }],
  ['METRICS_FLUSH_SECONDS', '', CANARY, -1, 26, null, '', {}, '[]'],
  ['AUDIT_RETENTION_DAYS', '', CANARY, 0, 1.5, 3651, null],
  ['SERVER_KEY', '', undefined, 123_456_789, { key: KEY }],
  ['SERVER_KEY', 'is not base64url', PLAIN, 'A'.repeat(45), `the passphrase ${CANARY} and more`],
  ['SERVER_KEY', 'has less than 32 bytes', '', SHORT],
  ['TOKEN_KEYS', '', undefined, null, 5, `"${CANARY}"`, `["${CANARY}"]`, `{"${CANARY}":1}`],
  ['TOKEN_KEYS', 'is not JSON', CANARY, '', JSON.stringify({ keys: [hs] }).slice(0, -3)],
  ['TOKEN_KEYS.keys', '', CANARY, [], [CANARY]],
  ['TOKEN_KEYS.keys', 'has no kid', [{ ...ed, kid: undefined }], [{ ...ed, kid: '' }]],
  ['TOKEN_KEYS.keys', 'has no kid', [{ ...ed, kid: 7 }]],
  ['TOKEN_KEYS.keys', 'has a kid twice', [ed, { ...es, kid: 'ed' }]],
  ['TOKEN_KEYS.keys', NO_ALG, [{ ...ed, alg: undefined }], [{ ...ed, alg: 'none' }], [rsa]],
  ['TOKEN_KEYS.keys', NO_ALG, [{ ...ed, alg: 'constructor' }], [{ ...ed, alg: '__proto__' }]],
  ['TOKEN_KEYS.keys', NO_ALG, [{ ...es, alg: 'es256' }], [{ ...hs, alg: 'HS512' }]],
  ['TOKEN_KEYS.keys', NOT_PRIVATE, [publicEd], [{ ...publicEd, alg: 'HS256' }]],
  ['TOKEN_KEYS.keys', NOT_PRIVATE, [{ ...es, d: undefined }], [{ ...hs, k: undefined }]],
  ['TOKEN_KEYS.keys', NOT_PRIVATE, [{ ...ed, alg: 'ES256' }], [{ ...es, crv: 'P-384' }]],
  ['TOKEN_KEYS.keys', NOT_PRIVATE, [{ ...ed, d: '!'.repeat(43) }], [{ ...hs, k: ' '.repeat(43) }]],
  ['TOKEN_KEYS.keys', `keys.1: ${NOT_PRIVATE}`, [ed, { ...es, d: undefined }]],
  ['TOKEN_KEYS.keys', 'too short', [{ ...hs, k: SHORT }]],
  ['TOKEN_KEYS.keys', NO_LIST, [{ ...ed, contracts: CANARY }], [{ ...ed, contracts: [] }]],
  ['TOKEN_KEYS.keys', NO_LIST, [{ ...ed, contracts: [5] }], [{ ...ed, contracts: null }]],
  ['TOKEN_KEYS', 'key 2 is restricted to a contract that', { keys: [ed, restricted(CANARY)] }],
  ['TOKEN_KEYS', 'key 1 is restricted to a contract that', { keys: [restricted('__proto__')] }],
  ['TOKEN_KEYS', 'has no key for email-remember, which takes EdDSA', { keys: [restricted(NAME)] }],
  ...['PEPPERS', 'FACTOR_KEYS'].flatMap((name): typeof refused => [
    [name, '', null, CANARY, {}, `[{"id":"a","key":"${CANARY}`, { id: 'a', key: KEY }],
    [name, 'has an id twice', ['a', 'b', 'a'].map((id) => ({ id, key: KEY }))],
    [`${name}.0`, '', KEY, { key: KEY }, { id: 'a' }],
    [`${name}.0`, 'is not an id', { id: '', key: KEY }, { id: 'a$b', key: KEY }],
    [`${name}.0`, 'is not an id', { id: 'a,b', key: KEY }, { id: 'a~b', key: KEY }],
    [`${name}.0`, 'is not an id', { id: 'a'.repeat(65), key: KEY }],
    [`${name}.0`, 'has less than 32 bytes', { id: 'a', key: SHORT }],
    [`${name}.0`, 'is not base64url', { id: 'a', key: 'A'.repeat(45) }, { id: 'a', key: PLAIN }],
    // A secret may have been pasted in the key's place.
    [`${name}.0`, 'has an unknown field', { id: 'a', key: KEY, [CANARY]: 1 }],
  ]),
  ['FACTOR_KEYS', 'is missing, and SECOND_FACTOR is not off', undefined, [], '[]'],
  ['SECOND_FACTOR', '', CANARY, '', 'OFF', 'none', true, null, ['off']],
  ['PASSKEYS', '', CANARY, 5, null, { offered: 'true' }, { deviceBound: true }, { origins: [] }],
  ['PASSKEYS.deviceBound', '', CANARY, '', 'ALL', 'off', null],
  [
    'PASSKEYS.domain',
    'is not a domain name',
    'Lighthouse.example',
    'lighthouse.example.',
    '.example',
  ],
  ['PASSKEYS.domain', 'is not a domain name', 'https://a.example', 'a.example:443', '*.example'],
  ['PASSKEYS.domain', 'is not a domain name', '192.0.2.1', '[2001:db8::1]', 'bücher.example'],
  ['PASSKEYS.domain', '', '', null, 5, `${'a.'.repeat(126)}aa`],
  // The pages are at lighthouse.example.
  ['PASSKEYS.domain', NOT_PARENT, 'example', 'a.lighthouse.example', 'house.example'],
  ['PASSKEYS.domain', NOT_PARENT, 'lighthouse.test', `${CANARY}.example`, 'localhost'],
];

/** Every string in a value that is long enough for a secret, and every number of nine digits. */
function secretsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(secretsIn);
  return /^(?:\d{9,}|[^]{20,})$/.test(String(value)) ? [String(value)] : [];
}

describe('a malformed setting', () => {
  const rows = refused.flatMap(([path, says, ...values]) =>
    values.map((value) => {
      const [setting = '', ...within] = path.split('.');
      const whole = within.reduceRight<unknown>(
        (inner, name) => (name === '0' ? [inner] : { [name]: inner }),
        value,
      );
      return { path, text: JSON.stringify(value), setting, says, value: whole };
    }),
  );

  it.each(rows)('is named and not shown: $path as $text', ({ setting, says, value }) => {
    const message = complaint({ [setting]: value });
    expect(message).toMatch(new RegExp(`^ {2}${setting}[.:]`, 'm'));
    expect(message).toContain(says);
    expect(message).not.toContain(CANARY);
    for (const secret of secretsIn(value)) {
      for (let start = 0; start + 6 <= secret.length; start += 1) {
        expect(message).not.toContain(secret.slice(start, start + 6));
      }
    }
  });

  it('is named along with all others', () => {
    const message = complaint({ ISSUER: CANARY, AUDIENCE: '', SERVER_KEY: undefined });
    expect(message.match(/^ {2}[A-Z_]+(?=:)/gm)).toEqual([
      '  ISSUER',
      '  AUDIENCE',
      '  SERVER_KEY',
    ]);
  });

  it.each([
    ['PAGES_ORIGIN', { ISSUER: 'urn:example:issuer', LOCAL_DEVELOPMENT: 'true' }],
    ['RESEND_API_KEY', { MAIL: { transport: 'resend' } }],
    ['FACTOR_KEYS', { SECOND_FACTOR: 'required', FACTOR_KEYS: undefined }],
    ['FACTOR_KEYS', { SECOND_FACTOR: 'required-for-admins', FACTOR_KEYS: undefined }],
  ])('is %s where another setting needs it and it is missing', (setting, changes) => {
    expect(complaint(changes)).toMatch(new RegExp(`^ {2}${setting}: is missing`, 'm'));
  });

  it.each(['https://192.0.2.1', 'https://[2001:db8::1]:8443', 'https://lighthouse.example.'])(
    'is PASSKEYS where they are offered at %s',
    (PAGES_ORIGIN) => {
      expect(complaint({ PAGES_ORIGIN })).toContain(
        '  PASSKEYS: are offered, and PAGES_ORIGIN has no domain name',
      );
    },
  );

  it.each([
    ['ISSUER', 'https://gatehouse.example'],
    ['ISSUER', 'https://GateHouse.Example./realm'],
    ['PAGES_ORIGIN', 'https://gatehouse.example'],
    ['PAGES_ORIGIN', 'https://login.gatehouse.example:8443'],
  ])('is %s at the placeholder %s, save in local development', (setting, url) => {
    const flaw = `  ${setting}: is still the placeholder`;
    expect(complaint({ [setting]: url })).toContain(flaw);
    expect(complaint({ [setting]: url, LOCAL_DEVELOPMENT: 'true' })).toBe('');
  });

  it('is a second factor for all beside registration that signs in at once', () => {
    const changes = {
      SECOND_FACTOR: 'required',
      CONTRACTS: ['gotrue'],
      IMMEDIATE_REGISTRATION: ['gotrue'],
      TOKEN_KEYS: { keys: [es] },
    };
    expect(complaint(changes)).toContain(
      '  SECOND_FACTOR: is required, and IMMEDIATE_REGISTRATION',
    );
    expect(complaint({ ...changes, SECOND_FACTOR: 'optional' })).toBe('');
  });
});
