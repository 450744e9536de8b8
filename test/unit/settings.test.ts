/**
 * A deployment starts with sound settings or not at all, and what stops it names every setting at
 * fault and shows none of their secrets. settings-keys.test.ts is about the keys among them.
 */
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { complaint, envWith, settingsWith } from './sample-env.ts';

const CANARY = 'c4n4ry';

describe('settings', () => {
  it('have defaults for all but contracts, issuer, audience and keys', () => {
    const settings = settingsWith();
    expect(settings).toMatchObject({
      allowedOrigins: [],
      tokens: { issuer: 'https://gatehouse.example', audience: 'https://app.example' },
      lockout: { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 },
      passwords: { cost: { iterations: 100_000, rounds: 6 }, peppers: [] },
      passwordRules: { least: 8, most: 256, breached: false },
      mail: {
        service: 'Gatehouse',
        pagesOrigin: 'https://gatehouse.example',
        from: { name: 'Gatehouse', email: 'no-reply@gatehouse.example' },
        transport: { kind: 'binding' },
      },
      metricsFlushMs: 5_000,
      localDevelopment: false,
    });
    expect(settings.hosts.size).toBe(0);
    expect(settings.serverKey).toHaveLength(32);
  });

  const rich = {
    CONTRACTS: ['username-pair', 'email-remember'],
    CONTRACT_HOSTS: { 'Login.Example.com': 'email-remember' },
    ALLOWED_ORIGINS: ['https://app.example', 'http://localhost:5173'],
    TOKEN_LIFETIMES: { 'email-remember': { accessSeconds: 60, rememberedSeconds: 120 } },
    ADDRESS_LIMITS: { 'username-pair': 7 },
    LOCKOUT: { threshold: 3, lockSeconds: 60, growth: 2, stopAfterFailures: 9 },
    PASSWORD_COST: { iterations: 60_000, rounds: 10 },
    PASSWORD_RULES: { least: 15, most: 64, breached: true },
    MAIL: { transport: 'binding', from: 'Acme Login <hi@acme.example>', service: 'Acmé 24/7' },
    TOKEN_KEYS: envWith()['TOKEN_KEYS'],
    PEPPERS: [{ id: 'p.2-a', key: Buffer.alloc(32, 7).toString('base64url') }],
  };
  const asText = Object.fromEntries(
    Object.entries(rich).map(([name, value]) => [name, JSON.stringify(value)]),
  );

  it.each([
    { as: 'JSON values', env: rich },
    { as: 'JSON text', env: asText },
  ])('are read from $as', ({ env }) => {
    const settings = settingsWith(env);
    expect(settings).toMatchObject({
      allowedOrigins: rich.ALLOWED_ORIGINS,
      lockout: rich.LOCKOUT,
      passwords: {
        cost: rich.PASSWORD_COST,
        peppers: [{ id: 'p.2-a', key: new Uint8Array(32).fill(7) }],
      },
      passwordRules: rich.PASSWORD_RULES,
      mail: {
        service: 'Acmé 24/7',
        pagesOrigin: 'https://gatehouse.example',
        from: { name: 'Acme Login', email: 'hi@acme.example' },
      },
    });
    expect(settings.hosts).toEqual(new Map([['login.example.com', 'email-remember']]));
    expect(settings.contracts).toMatchObject([
      {
        name: 'username-pair',
        lifetimes: { accessSeconds: 900, refreshSeconds: 1_209_600 },
        attemptsPerMinute: 7,
      },
      {
        name: 'email-remember',
        lifetimes: { accessSeconds: 60, rememberedSeconds: 120 },
        attemptsPerMinute: 10,
      },
    ]);
  });

  it('change a deployment, and not the contracts themselves', () => {
    const before = contracts.map(({ lifetimes, attemptsPerMinute }) => ({
      ...lifetimes,
      attemptsPerMinute,
    }));
    settingsWith(rich);
    expect(
      contracts.map(({ lifetimes, attemptsPerMinute }) => ({ ...lifetimes, attemptsPerMinute })),
    ).toEqual(before);
  });

  it('serve the contracts in the order in which they are listed', () => {
    const names = contracts.map(({ name }) => name).toReversed();
    expect(settingsWith({ CONTRACTS: names }).contracts.map(({ name }) => name)).toEqual(names);
  });

  it('let no token live longer than a session may', () => {
    const { contracts } = settingsWith({
      CONTRACTS: ['email-remember', 'email-cookie', 'username-pair'],
      SESSION_ABSOLUTE_SECONDS: 7200,
      TOKEN_LIFETIMES: { 'email-cookie': { accessSeconds: 7200, refreshSeconds: 7201 } },
    });
    expect(contracts.map(({ lifetimes }) => lifetimes)).toEqual([
      { accessSeconds: 7200, rememberedSeconds: 7200 },
      { accessSeconds: 7200, refreshSeconds: 7200 },
      { accessSeconds: 900, refreshSeconds: 7200 },
    ]);
  });

  it('may leave single values of a group to their defaults', () => {
    expect(settingsWith({ LOCKOUT: { threshold: 3 } }).lockout).toEqual({
      threshold: 3,
      lockSeconds: 900,
      growth: 1,
      stopAfterFailures: 50,
    });
  });
});

describe('what stops the start', () => {
  it.each(['CONTRACTS', 'ISSUER', 'AUDIENCE', 'SERVER_KEY', 'TOKEN_KEYS'])(
    'names %s where it is missing',
    (name) => {
      expect(complaint({ [name]: undefined })).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    },
  );

  const malformed: Record<string, unknown[]> = {
    CONTRACTS: [CANARY, 5, null, [], [5], {}, '', JSON.stringify(CANARY)],
    METRICS_FLUSH_SECONDS: [CANARY, -1, 26, null, '', {}, '[]'],
    CONTRACT_HOSTS: [CANARY, 5, null, [CANARY], { host: 5 }, ''],
    ALLOWED_ORIGINS: [
      CANARY,
      { CANARY },
      ...['*', 'null', CANARY, `https://${CANARY}/`, `https://${CANARY}/path`, 'file:///', 5].map(
        (origin) => [origin],
      ),
    ],
    ISSUER: [CANARY, '', 5, null],
    AUDIENCE: ['', 5, null],
    LOCAL_DEVELOPMENT: [CANARY, '', true, 'TRUE', '1', null],
    TOKEN_LIFETIMES: [
      CANARY,
      5,
      [CANARY],
      ...[CANARY, { accessSeconds: CANARY }, { accessSeconds: 0 }, { accessSeconds: 1.5 }].map(
        (lifetimes) => ({ 'email-cookie': lifetimes }),
      ),
      { 'email-cookie': { accessSeconds: 400 * 86_400 + 1 } },
      { 'email-cookie': { accessMinutes: 5 } },
    ],
    ADDRESS_LIMITS: [CANARY, 5, ...[0, -1, 1.5, 1001, CANARY].map((n) => ({ 'email-cookie': n }))],
    LOCKOUT: [
      CANARY,
      5,
      { threshold: 0 },
      { threshold: 101 },
      { threshold: CANARY },
      { lockSeconds: 0 },
      { lockSeconds: 86_401 },
      { growth: 0.5 },
      { growth: 11 },
      { stopAfterFailures: 0 },
      { threshold: 5, stopAfterFailures: 4 },
      { treshold: 5 },
    ],
    PASSWORD_COST: [
      CANARY,
      5,
      { iterations: 0 },
      { iterations: 100_001 },
      { iterations: 600_000, rounds: 1 },
      { rounds: 0 },
      { rounds: 33 },
      { rounds: CANARY },
      { round: 6 },
    ],
  };
  const rows = Object.entries(malformed).flatMap(([name, values]) =>
    values.map((value) => ({ name, value, text: JSON.stringify(value) })),
  );

  it.each(rows)('names $name where it is $text, and shows nothing of it', ({ name, value }) => {
    const message = complaint({ [name]: value });
    expect(message).toMatch(new RegExp(`^ {2}${name}[.:]`, 'm'));
    expect(message).not.toContain(CANARY);
  });

  it('names all settings at fault at once', () => {
    const message = complaint({ ISSUER: CANARY, AUDIENCE: '', SERVER_KEY: undefined });
    expect(message.match(/^ {2}[A-Z_]+(?=:)/gm)?.map((name) => name.trim())).toEqual([
      'ISSUER',
      'AUDIENCE',
      'SERVER_KEY',
    ]);
  });

  it.each<{ name: string; changes: Record<string, unknown>; says: RegExp }>([
    {
      name: 'a contract that there is not',
      changes: { CONTRACTS: ['email-cookie', 'email-cooky'] },
      says: /CONTRACTS: there is no contract "email-cooky"/,
    },
    {
      name: 'a contract listed twice',
      changes: { CONTRACTS: ['email-cookie', 'email-cookie'] },
      says: /CONTRACTS: names a contract twice/,
    },
    {
      name: 'a host of an unserved contract',
      changes: { CONTRACT_HOSTS: { 'a.example': 'username-coded' } },
      says: /CONTRACT_HOSTS: "username-coded" is not in CONTRACTS/,
    },
    {
      name: 'lifetimes of an unserved contract',
      changes: { TOKEN_LIFETIMES: { 'username-coded': { accessSeconds: 60 } } },
      says: /TOKEN_LIFETIMES: "username-coded" is not in CONTRACTS/,
    },
    {
      name: 'a limit of an unserved contract',
      changes: { ADDRESS_LIMITS: { 'username-coded': 5 } },
      says: /ADDRESS_LIMITS: "username-coded" is not in CONTRACTS/,
    },
    {
      name: 'a refresh lifetime without refresh token',
      changes: { TOKEN_LIFETIMES: { 'email-remember': { refreshSeconds: 60 } } },
      says: /TOKEN_LIFETIMES: email-remember has no refreshSeconds/,
    },
    {
      name: 'a lifetime of remembering nobody',
      changes: { TOKEN_LIFETIMES: { 'email-cookie': { rememberedSeconds: 60 } } },
      says: /TOKEN_LIFETIMES: email-cookie has no rememberedSeconds/,
    },
  ])('is $name', ({ changes, says }) => {
    expect(complaint(changes)).toMatch(says);
  });
});

describe('local development', () => {
  const rows = [
    { name: 'a cheap hash', changes: { PASSWORD_COST: { iterations: 100, rounds: 6 } } },
    { name: 'an http issuer', changes: { ISSUER: 'http://localhost:3000' } },
  ];

  it.each(rows)('allows $name', ({ changes }) => {
    expect(complaint({ ...changes, LOCAL_DEVELOPMENT: 'true' })).toBe('');
    expect(settingsWith({ ...changes, LOCAL_DEVELOPMENT: 'true' }).localDevelopment).toBe(true);
  });

  it.each(rows)('alone allows $name', ({ changes }) => {
    const [name = ''] = Object.keys(changes);
    for (const LOCAL_DEVELOPMENT of ['false', undefined]) {
      expect(complaint({ ...changes, LOCAL_DEVELOPMENT })).toContain(`  ${name}: `);
    }
  });

  it.each([
    { iterations: 100_000, rounds: 6, fine: true },
    { iterations: 99_999, rounds: 6, fine: false },
    { iterations: 100_000, rounds: 5, fine: false },
    { iterations: 20_000, rounds: 30, fine: true },
  ])(
    'alone allows less than 600,000 iterations in all: $iterations times $rounds',
    ({ fine, ...PASSWORD_COST }) => {
      expect(complaint({ PASSWORD_COST }) === '').toBe(fine);
    },
  );
});
