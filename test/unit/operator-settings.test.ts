/** OPERATOR_TOKEN and OPERATORS: the tokens and accounts that a deployment starts with, and flaws. */
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { complaint, settingsWith } from './sample-env.ts';

const TOKEN = 'a-token.of~32+characters/or-more';
const writeRole = 'role-ops';

describe('OPERATOR_TOKEN', () => {
  it.each<[string, unknown, object[]]>([
    ['alone has all rights', TOKEN, [{ id: 'OPERATOR_TOKEN', token: TOKEN, scope: 'write' }]],
    [
      'is a list in JSON text',
      ` [{"id":"ci","token":"${TOKEN}","scope":"read"}]`,
      [{ id: 'ci', token: TOKEN, scope: 'read' }],
    ],
  ])('%s', (_, OPERATOR_TOKEN, tokens) => {
    expect(settingsWith({ OPERATOR_TOKEN }).operators).toEqual({ tokens, accounts: null });
  });
});

describe('OPERATORS', () => {
  const accountsOf = (CONTRACTS: string[], OPERATORS: unknown) =>
    settingsWith({ CONTRACTS, OPERATORS }).operators.accounts;

  it.each<[string, string[], unknown, object | null]>([
    ['are none by default', ['email-cookie'], {}, null],
    [
      'sign in at the first contract with a bearer token',
      ['realworld', 'strapi', 'email-cookie'],
      { writeRole },
      { contract: 'strapi', readRole: null, writeRole },
    ],
    [
      'sign in at the contract that is named',
      ['strapi', 'email-cookie'],
      '{"contract":"email-cookie","readRole":"role-support"}',
      { contract: 'email-cookie', readRole: 'role-support', writeRole: null },
    ],
  ])('%s', (...[, served, OPERATORS, accounts]) => {
    expect(accountsOf(served, OPERATORS)).toEqual(accounts);
  });

  const cookies = 'email-in-a-cookie';
  const first = contracts[0];
  if (first === undefined) throw new Error('no contract');
  const known = [
    ...contracts,
    { ...first, name: cookies, access: { in: 'cookie', name: 'access' } as const },
  ];

  it.each<[string, Record<string, unknown>, string]>([
    [
      'the access token is a cookie',
      { CONTRACTS: [cookies], OPERATORS: { writeRole, contract: cookies } },
      `the access token of "${cookies}" is not a bearer token in the Authorization header`,
    ],
    [
      'no access token is a bearer token',
      { CONTRACTS: [cookies, 'realworld'], OPERATORS: { writeRole } },
      'needs a contract whose access token is a bearer token, and CONTRACTS has none',
    ],
    [
      'the scheme is another',
      { CONTRACTS: ['realworld'], OPERATORS: { writeRole, contract: 'realworld' } },
      'the access token of "realworld" is not a bearer token in the Authorization header',
    ],
    [
      'every new account would be one',
      { OPERATORS: { writeRole }, NEW_ACCOUNTS: { role: { id: writeRole, name: 'Operations' } } },
      'makes operators of all new accounts: NEW_ACCOUNTS gives them the same role',
    ],
    [
      'no factor is asked for',
      { OPERATORS: { writeRole }, SECOND_FACTOR: 'off' },
      'needs second factors, and SECOND_FACTOR is off',
    ],
    [
      'no factor is asked for, in local development either',
      { OPERATORS: { writeRole }, SECOND_FACTOR: 'off', LOCAL_DEVELOPMENT: 'true' },
      'needs second factors, and SECOND_FACTOR is off',
    ],
  ])('stop the start where %s', (_, settings, flaw) => {
    expect(complaint(settings, known)).toContain(`  OPERATORS: ${flaw}`);
    const mended = { ...settings, CONTRACTS: ['email-cookie'], SECOND_FACTOR: 'optional' };
    const started = { ...mended, OPERATORS: { writeRole }, NEW_ACCOUNTS: {} };
    expect(() => settingsWith(started)).not.toThrow();
  });
});
