/** Settings that a deployment starts with: defaults, bounds, and both spellings of a value. */
import { expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { plainBrand } from '../fixtures/brand.ts';
import { settingsWith } from './sample-env.ts';

const PART = 'AgIC'.repeat(10) + 'AgI';
const bytesOfPart = new Uint8Array(32).fill(2);
const ed = { kty: 'OKP', crv: 'Ed25519', x: PART, d: PART, kid: 'ed', alg: 'EdDSA' };
const es = { kty: 'EC', crv: 'P-256', x: PART, y: PART, d: PART, kid: 'es', alg: 'ES256' };
const hs = { kty: 'oct', k: PART, kid: 'hs', alg: 'HS256' };
const remember = 'email-remember';
const role = { id: 'role-member', name: 'Müller & co.' };
const pagesOrigin = 'https://login.acme.example:8443';
const localOrigin = 'http://localhost:3000';
const LOCAL_DEVELOPMENT = 'true';

const defaults = {
  allowedOrigins: [],
  hosts: new Map(),
  tokens: { issuer: 'https://lighthouse.example', audience: 'https://app.example' },
  sessions: { absoluteSeconds: 7_776_000 },
  lockout: { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 },
  deviceCookies: true,
  newAccounts: { role: null, team: null },
  passwords: { cost: { iterations: 100_000, rounds: 6 }, peppers: [], legacyCosts: [] },
  secondFactor: 'optional',
  passwordRules: { least: 8, most: 256, breached: false },
  passkeys: {
    policy: { isOffered: true, deviceBound: 'none' },
    domain: 'lighthouse.example',
    origins: ['https://lighthouse.example'],
  },
  brand: plainBrand,
  mail: {
    brand: plainBrand,
    pagesOrigin: 'https://lighthouse.example',
    links: {
      signIn: 'https://lighthouse.example/{contract}/login',
      forgotPassword: 'https://lighthouse.example/{contract}/forgot',
      resetPassword: 'https://lighthouse.example/{contract}/reset#token={token}',
      verifyEmail: null,
      revokeSession: 'https://lighthouse.example/{contract}/revoke#token={token}',
    },
    from: { name: 'Gatehouse', email: 'no-reply@lighthouse.example' },
    transport: { kind: 'binding' },
  },
  emailLimits: { perAddressPerHour: 10, perHour: 1000 },
  emailDelayMs: 2000,
  metricsFlushMs: 5000,
  operators: { tokens: [], accounts: null },
  auditRetentionDays: 400,
  localDevelopment: false,
};

/** Setting, its name in Settings, and a value that is read unchanged. */
const unchanged: [setting: string, name: string, value: unknown][] = [
  ['ALLOWED_ORIGINS', 'allowedOrigins', ['https://a.example', localOrigin]],
  ['LOCKOUT', 'lockout', { threshold: 3, lockSeconds: 60, growth: 2, stopAfterFailures: 9 }],
  ['DEVICE_COOKIES', 'deviceCookies', false],
  ['NEW_ACCOUNTS', 'newAccounts', { role, team: { id: '7', name: 'T' } }],
  ['PASSWORD_RULES', 'passwordRules', { least: 8, most: 64, breached: true }],
  ['PASSWORD_RULES', 'passwordRules', { least: 64, most: 1024, breached: false }],
  ['EMAIL_LIMITS', 'emailLimits', { perAddressPerHour: 1, perHour: 1 }],
  ['EMAIL_LIMITS', 'emailLimits', { perAddressPerHour: 1000, perHour: 1_000_000 }],
  ['EMAIL_DELAY_MS', 'emailDelayMs', 0],
  ['EMAIL_DELAY_MS', 'emailDelayMs', 10_000],
  ['TOKEN_KEYS', 'tokens', { keys: [ed, hs] }],
  ['TOKEN_KEYS', 'tokens', { keys: [{ ...ed, alg: 'Ed25519' }] }],
  ['TOKEN_KEYS', 'tokens', { keys: [es] }],
  ['TOKEN_KEYS', 'tokens', { keys: [{ ...hs, contracts: ['username-coded', remember] }, ed] }],
];

const lifetimes = { accessSeconds: 60, rememberedSeconds: 120 };
const pair = { accessSeconds: 900, refreshSeconds: 1_209_600 };
const rounds = { iterations: 20_000, rounds: 30 };
const cheap = { iterations: 100, rounds: 6 };
const from = (from: string, name: string): [Record<string, unknown>, object] => [
  { MAIL: { from } },
  { mail: { from: { name, email: 'a@b.example' } } },
];

const passkeys = (
  values: Record<string, unknown>,
  read: object,
): [Record<string, unknown>, object] => [values, { passkeys: read }];
const LOCAL_PAGES = { PAGES_ORIGIN: localOrigin, LOCAL_DEVELOPMENT };

/** Settings → what is read from them, besides the defaults. */
const rows: [values: Record<string, unknown>, read: object][] = [
  [{}, defaults],
  ...unchanged.map(([setting, name, value]): [Record<string, unknown>, object] => [
    { [setting]: value },
    { [name]: value },
  ]),
  [
    {
      CONTRACTS: ['username-pair', remember],
      ADDRESS_LIMITS: { 'username-pair': 7 },
      TOKEN_LIFETIMES: { [remember]: lifetimes },
    },
    {
      contracts: [
        { name: 'username-pair', lifetimes: pair, attemptsPerMinute: 7 },
        { name: remember, lifetimes, attemptsPerMinute: 10 },
      ],
    },
  ],
  [{ CONTRACT_HOSTS: { 'A.Example': remember } }, { hosts: new Map([['a.example', remember]]) }],
  [{ LOCKOUT: { threshold: 3 } }, { lockout: { ...defaults.lockout, threshold: 3 } }],
  [{ NEW_ACCOUNTS: { team: role } }, { newAccounts: { role: null, team: role } }],
  [{ PASSWORD_COST: rounds }, { passwords: { cost: rounds } }],
  [{ PASSWORD_COST: cheap, LOCAL_DEVELOPMENT }, { passwords: { cost: cheap } }],
  [{ ISSUER: localOrigin, LOCAL_DEVELOPMENT }, { localDevelopment: true }],
  from('Acme <a@b.example>', 'Acme'),
  from("Åsa's Login <a@b.example>", "Åsa's Login"),
  from('a@b.example', 'Gatehouse'),
  [
    { BRAND: { name: 'Acmé 24/7' }, PAGES_ORIGIN: pagesOrigin, ISSUER: 'https://i.example/a' },
    {
      mail: {
        brand: { name: 'Acmé 24/7' },
        pagesOrigin,
        from: { name: 'Acmé 24/7', email: 'no-reply@login.acme.example' },
      },
    },
  ],
  [{ ISSUER: 'https://i.example/realm/one' }, { mail: { pagesOrigin: 'https://i.example' } }],
  [{ PAGES_ORIGIN: localOrigin, LOCAL_DEVELOPMENT }, { mail: { pagesOrigin: localOrigin } }],
  [{ RESEND_API_KEY: 'k' }, { mail: { transport: { kind: 'binding' } } }],
  [
    { MAIL: { transport: 'resend' }, RESEND_API_KEY: 'k' },
    { mail: { transport: { kind: 'resend', key: 'k' } } },
  ],
  ...[32, 33, 64].map((count): [Record<string, unknown>, object] => [
    { SERVER_KEY: Buffer.alloc(count, 1).toString('base64url') },
    { serverKey: new Uint8Array(count).fill(1) },
  ]),
  [
    { PEPPERS: ['b', 'a_1.x-y'].map((id) => ({ id, key: PART })) },
    { passwords: { peppers: ['b', 'a_1.x-y'].map((id) => ({ id, key: bytesOfPart })) } },
  ],
  [
    { FACTOR_KEYS: ['b', 'a_1.x-y'].map((id) => ({ id, key: PART })) },
    { factorKeys: ['b', 'a_1.x-y'].map((id) => ({ id, key: bytesOfPart })) },
  ],
  [
    { SECOND_FACTOR: 'off', FACTOR_KEYS: [] },
    { secondFactor: 'off', factorKeys: [] },
  ],
  [{ SECOND_FACTOR: 'off' }, { factorKeys: [{ id: 'first' }] }],
  [{ SECOND_FACTOR: 'required' }, { secondFactor: 'required' }],
  [
    {
      SECOND_FACTOR: 'required-for-admins',
      CONTRACTS: ['gotrue', remember],
      IMMEDIATE_REGISTRATION: ['gotrue'],
      TOKEN_KEYS: { keys: [ed, es] },
    },
    { secondFactor: 'required-for-admins' },
  ],
  passkeys(
    { PASSKEYS: { offered: false, deviceBound: 'admins' } },
    { policy: { isOffered: false, deviceBound: 'admins' } },
  ),
  passkeys(
    { PASSKEYS: { deviceBound: 'all' } },
    { policy: { isOffered: true, deviceBound: 'all' } },
  ),
  passkeys(
    { PAGES_ORIGIN: pagesOrigin, ALLOWED_ORIGINS: ['https://a.example', pagesOrigin] },
    { domain: 'login.acme.example', origins: [pagesOrigin, 'https://a.example'] },
  ),
  ...['login.acme.example', 'acme.example'].map((domain) =>
    passkeys(
      { PAGES_ORIGIN: pagesOrigin, PASSKEYS: { domain } },
      { domain, origins: [pagesOrigin] },
    ),
  ),
  passkeys(
    { PAGES_ORIGIN: 'https://intranet', PASSKEYS: { domain: 'intranet' } },
    { domain: 'intranet' },
  ),
  passkeys(
    { PAGES_ORIGIN: 'https://xn--bcher-kva.example' },
    { policy: { isOffered: true }, domain: 'xn--bcher-kva.example' },
  ),
  passkeys(
    { PAGES_ORIGIN: 'https://192.0.2.1', PASSKEYS: { offered: false } },
    { policy: { isOffered: false } },
  ),
  passkeys(LOCAL_PAGES, {
    policy: { isOffered: true },
    domain: 'localhost',
    origins: [localOrigin],
  }),
  // The domain of the deployment, at a local Worker.
  passkeys({ ...LOCAL_PAGES, PASSKEYS: { domain: 'acme.example' } }, { domain: 'localhost' }),
  ...['http://127.0.0.1:3000', 'http://[::1]:3000'].map((PAGES_ORIGIN) =>
    passkeys({ PAGES_ORIGIN, LOCAL_DEVELOPMENT }, { policy: { isOffered: false } }),
  ),
];

it.each(rows)('reads %j, as values and as JSON text', (values, read) => {
  const asText = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  for (const settings of [settingsWith(values), settingsWith(Object.fromEntries(asText))]) {
    expect(settings).toMatchObject(read);
  }
});

it('lets no token live longer than a session may', () => {
  const { contracts } = settingsWith({
    CONTRACTS: [remember, 'email-cookie', 'username-pair'],
    SESSION_ABSOLUTE_SECONDS: 7200,
    TOKEN_LIFETIMES: { 'email-cookie': { accessSeconds: 7200, refreshSeconds: 7201 } },
  });
  expect(contracts.map(({ lifetimes }) => lifetimes)).toEqual([
    { accessSeconds: 7200, rememberedSeconds: 7200 },
    { accessSeconds: 7200, refreshSeconds: 7200 },
    { accessSeconds: 900, refreshSeconds: 7200 },
  ]);
});

it('leaves the contracts themselves as they were', () => {
  const before = structuredClone(contracts.map(({ lifetimes }) => lifetimes));
  const limits = contracts.map(({ attemptsPerMinute }) => attemptsPerMinute);
  settingsWith({ SESSION_ABSOLUTE_SECONDS: 1, ADDRESS_LIMITS: { [remember]: 7 } });
  expect(contracts.map(({ lifetimes }) => lifetimes)).toEqual(before);
  expect(contracts.map(({ attemptsPerMinute }) => attemptsPerMinute)).toEqual(limits);
});
