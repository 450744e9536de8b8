/**
 * The table of contracts that suites run over: every contract there is, and two made-up ones that
 * differ from those wherever the grammar lets them. A suite asks in the words of the core, and
 * `client` (session.ts) writes them as the contract has them on its wire.
 */
import { contracts as shipped } from '../../src/contracts/index.ts';
import { encodeFields, encodeRequest, FORM, routeOf } from '../../src/contracts/routes.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { lenient } from '../fixtures/lenient-contract.ts';
import { oddForm, oddNested } from '../fixtures/odd-contracts.ts';
import { sampleAssertion, sampleRegistration } from '../../tools/openapi/passkey-samples.ts';
import { statusesOf } from './statuses.ts';
import type { TestUser } from './test-app.ts';

/** All that test apps can serve. */
export const knownContracts: readonly Contract[] = [...shipped, oddForm, oddNested, lenient];
/** Held by suites of their own. */
const APART = new Set(['lenient']);

const NOBODY: TestUser = { username: 'x', email: 'x@example.com', password: 'x' };

/** Registrations of some wires ask for a username, though logins name the address. */
const asksUsername = (contract: Contract): boolean => {
  const input = { ...NOBODY, username: 'a-username', name: null, handle: null };
  return JSON.stringify(encodeFields(contract, 'register', input)).includes('a-username');
};

const ATTEMPTS_PER_MINUTE = 60;
const OTHER_ATTEMPTS: Readonly<Record<string, number>> = { 'email-remember': 10 };

/** Names an account by its address, which every contract takes for a forgotten password. */
export const byAddress = (email: string, handle: string | null = null): InputOf<'send-code'> => ({
  identifier: { kind: 'email', value: email },
  handle,
});
export const byUsername = (username: string): InputOf<'send-code'> => ({
  identifier: { kind: 'username', value: username },
  handle: null,
});

export type ContractCase = (typeof contractCases)[number];

/** Every contract: its statuses and limit, and its inputs for a user. */
export const contractCases = knownContracts
  .filter(({ name }) => !APART.has(name))
  .map((contract) => {
    const { name } = contract;
    const isByUsername = contract.identifier === 'username';
    const registersUsername = asksUsername(contract);
    const named = ({ username, email }: Omit<TestUser, 'password'>) =>
      isByUsername ? byUsername(username) : byAddress(email);
    /** Signs the user in. */
    const attempt = (user: TestUser): InputOf<'login'> => ({
      identifier: named(user).identifier,
      password: user.password,
      remember: false,
      code: null,
    });
    const application = ({ username, email, password }: TestUser): InputOf<'register'> => ({
      username: registersUsername ? username : null,
      email,
      password,
      name: null,
      handle: null,
    });
    return {
      contract,
      name,
      status: statusesOf(name),
      statusAt: (operation: Operation) => statusesOf(name, operation),
      /** No cookie is set or read with a form, so that logins by form make no known device. */
      knowsDevices: routeOf(contract, 'login').accepts !== FORM,
      attemptsPerMinute: OTHER_ATTEMPTS[name] ?? ATTEMPTS_PER_MINUTE,
      isByUsername,
      registersUsername,
      named,
      attempt,
      application,
      /** Of the login, as `app.post` takes them where it is JSON. */
      path: `/${name}${encodeRequest(contract, 'login', { input: attempt(NOBODY) }).path}`,
      body: (user: TestUser) => encodeFields(contract, 'login', attempt(user)) ?? {},
      /** An input for each operation: of the right form, with a code and tokens of no account. */
      inputs: (user: TestUser): { readonly [O in Operation]: InputOf<O> } => {
        const { email, password } = user;
        return {
          login: attempt(user),
          refresh: { refreshToken: 'a.b.c' },
          logout: { token: 'a.b.c', refreshToken: 'a.b.c' },
          'logout-all': null,
          'logout-others': null,
          renew: null,
          profile: null,
          'update-profile': { name: 'Another Name' },
          'list-sessions': null,
          'rename-session': { id: '00000000-0000-4000-8000-000000000000', name: 'Another' },
          'end-session': { id: '00000000-0000-4000-8000-000000000000' },
          'revoke-session': { token: 'x' },
          'list-activity': null,
          register: application(user),
          'send-code': named(user),
          'verify-email': { ...named(user), password, code: '123456' },
          'forgot-password': named(user),
          'reset-password': { token: 'x', password },
          'change-password': { currentPassword: password, newPassword: 'another long password' },
          'change-email': { email: `moved-${email}`, password },
          'confirm-email': { code: '123456' },
          'delete-account': { password },
          'second-factor': { challenge: 'x', code: '123456' },
          reauthenticate: { password, code: null },
          'list-factors': null,
          'enroll-totp': { challenge: null, name: null },
          'confirm-totp': { code: '123456' },
          'new-recovery-codes': null,
          'remove-factor': { id: '00000000-0000-4000-8000-000000000000' },
          'challenge-factor': { id: '00000000-0000-4000-8000-000000000000' },
          'verify-factor': { id: '00000000-0000-4000-8000-000000000000', code: '123456' },
          'passkey-login-options': null,
          'passkey-login': { credential: sampleAssertion, remember: false },
          'passkey-options': null,
          'add-passkey': { name: null, credential: sampleRegistration },
          'list-passkeys': null,
          'rename-passkey': { id: '00000000-0000-4000-8000-000000000000', name: 'Another' },
          'remove-passkey': { id: '00000000-0000-4000-8000-000000000000' },
          'remove-password': null,
          'issue-authorization-code': {
            codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
            returnTo: 'https://app.example/',
            refreshToken: 'a.b.c',
          },
          'exchange-authorization-code': {
            code: 'x',
            codeVerifier: 'x'.repeat(43),
            returnTo: 'https://app.example/',
          },
        };
      },
    };
  });

export function contractCase(name: string): ContractCase {
  const found = contractCases.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
}

export const challengeOf = ({ headers }: { headers: Headers }): string | null =>
  headers.get('WWW-Authenticate');

/** The challenge of a missing or (`presented`) refused token: RFC 6750 3; with 401 only (RFC 9110 15.5.2). */
export function challengeTo(name: string, operation: Operation, presented: boolean): string | null {
  const { contract, statusAt } = contractCase(name);
  const statuses = statusAt(operation);
  const status = presented ? statuses.unauthenticated : statuses['missing-token'];
  if (status !== 401) return null;
  const { access } = contract;
  const scheme = access.in === 'header' ? (access.scheme ?? 'Bearer') : 'Bearer';
  return presented ? `${scheme} error="invalid_token"` : scheme;
}

/**
 * The first contract with each trait of a wire that the core can see. For suites of what the core
 * decides, which no wire can change; the suites about wires (golden pairs, enumeration, side doors,
 * fuzzing and others) run over every contract.
 */
export const oneOfEachKind: readonly ContractCase[] = contractCases.filter((one, at) => {
  const seen = new Set(contractCases.slice(0, at).flatMap(traitsOf));
  return traitsOf(one).some((trait) => !seen.has(trait));
});

function traitsOf({ contract, registersUsername, attemptsPerMinute }: ContractCase): string[] {
  const { identifier, access, refresh, requiresVerifiedEmail, canRegisterImmediately } = contract;
  const { accepts, when } = routeOf(contract, 'login');
  return [
    `signs in by ${identifier}`,
    `registers ${registersUsername ? 'a username' : 'an address'}, signs in by ${identifier}`,
    access.in === 'cookie' ? 'access by cookie' : `access by ${access.name} ${access.scheme}`,
    `refresh by ${refresh?.in ?? 'nothing'}`,
    `signs in with ${accepts}`,
    `signs in at a path ${Object.keys(when).length > 0 ? 'of several operations' : 'of its own'}`,
    `${requiresVerifiedEmail ? 'requires' : 'does not require'} a verified address`,
    `${canRegisterImmediately ? 'can' : 'cannot'} register immediately`,
    `allows ${attemptsPerMinute} attempts a minute`,
  ];
}
