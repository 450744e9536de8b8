/**
 * How each documented contract reads a login's body: what is missing or malformed is told field by field, in
 * the contract's words, and what is sound becomes an attempt, taken as received.
 */
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { emailEnvelope } from '../../src/contracts/email-envelope.ts';
import { emailRemember } from '../../src/contracts/email-remember.ts';
import { usernameCoded } from '../../src/contracts/username-coded.ts';
import { usernamePair } from '../../src/contracts/username-pair.ts';
import { issuesOf, UNREADABLE } from '../../src/http/body.ts';

/** Rows for a table of values of any kind, arrays among them. */
const values = (...all: unknown[]) => all.map((value) => ({ value, text: JSON.stringify(value) }));

/** What a contract has to say of a body, or the attempt it makes of it. */
function read(contract: Contract, body: unknown) {
  const { success, data, error } = contract.login.safeParse(body);
  return success ? { attempt: data } : { issues: issuesOf(error, body) };
}

const documented = [usernameCoded, usernamePair, emailEnvelope, emailRemember, emailCookie];
const each = documented.map((contract) => {
  const { name } = contract;
  const field = name.startsWith('username') ? 'username' : 'email';
  const identifier = field === 'email' ? 'user@example.com' : 'johndoe';
  const title = field === 'email' ? 'Email' : 'Username';
  return { name, contract, field, sound: { [field]: identifier, password: 'MySecure123!' }, title };
});
const byEmail = each.filter(({ field }) => field === 'email');
const byUsername = each.filter(({ field }) => field === 'username');

const malformedAddress: Record<string, string> = {
  'email-envelope': 'Email must be a valid email address',
  'email-remember': 'Invalid email format',
  'email-cookie': 'Email must be a valid email address',
};

describe.each(each)('a login of $name', ({ name, contract, field, sound, title }) => {
  const identifier = sound[field] ?? '';
  const noIdentifier = { field, message: `${title} is required` };
  const noPassword = { field: 'password', message: 'Password is required' };
  // Its document lists every message there is, and has no other for what is no text.
  const ofWrongType = name === 'username-pair' ? 'is required' : 'must be a string';
  const without = (name: string) =>
    Object.fromEntries(Object.entries(sound).filter(([key]) => key !== name));

  it('is an attempt where identifier and password are there', () => {
    expect(read(contract, sound)).toEqual({
      attempt: {
        identifier: { kind: field, value: identifier },
        password: 'MySecure123!',
        remember: false,
      },
    });
  });

  it.each([
    { what: 'absent', put: (name: string) => without(name) },
    { what: 'undefined', put: (name: string) => ({ ...sound, [name]: undefined }) },
    { what: 'null', put: (name: string) => ({ ...sound, [name]: null }) },
    { what: 'empty', put: (name: string) => ({ ...sound, [name]: '' }) },
  ])('lacks a field that is $what', ({ put }) => {
    expect(read(contract, put(field))).toEqual({ issues: [{ ...noIdentifier, missing: true }] });
    expect(read(contract, put('password'))).toEqual({ issues: [{ ...noPassword, missing: true }] });
  });

  it.each(values(0, 12_345_678, true, false, [], ['a'], {}, { length: 8 }))(
    'takes no $text for a text',
    ({ value }) => {
      const other = { ...sound, [field]: value };
      expect(read(contract, other)).toEqual({
        issues: [{ field, message: `${title} ${ofWrongType}`, missing: false }],
      });
      const another = { ...sound, password: value };
      expect(read(contract, another)).toEqual({
        issues: [{ field: 'password', message: `Password ${ofWrongType}`, missing: false }],
      });
    },
  );

  it('names every field at fault, the identifier first, whatever their order', () => {
    const issues = [
      { ...noIdentifier, missing: true },
      { ...noPassword, missing: true },
    ];
    expect(read(contract, {})).toEqual({ issues });
    expect(read(contract, { password: '', [field]: null })).toEqual({ issues });
  });

  it('has one issue a field', () => {
    const { issues = [] } = read(contract, { [field]: '', password: '' });
    const fields = issues.map((issue) => issue.field);
    expect(fields).toEqual([...new Set(fields)]);
  });

  it.each(values(null, undefined, [], [{}], 'text', '', 0, 1, true, false))(
    'is not readable where the body is $text',
    ({ value: body }) => {
      expect(read(contract, body)).toEqual({ issues: UNREADABLE });
    },
  );

  it('ignores fields that it does not know', () => {
    const more = { ...sound, isAdmin: true, remember: true, identifier: 'x', '': 1, extra: {} };
    expect(read(contract, more)).toEqual(read(contract, sound));
  });

  it('does not take its fields from a __proto__ key, and changes no prototype by one', () => {
    const body: unknown = JSON.parse(`{"__proto__":${JSON.stringify(sound)}}`);
    expect(read(contract, body)).toEqual(read(contract, {}));
    const more: unknown = JSON.parse(
      `{"__proto__":{"polluted":true},${JSON.stringify(sound).slice(1)}`,
    );
    expect(read(contract, more)).toEqual(read(contract, sound));
    expect('polluted' in {}).toBe(false);
  });

  it('takes a password as received', () => {
    for (const password of [
      '  spaces  ',
      'ＦＵＬＬ width',
      'e\u0301e\u0301e\u0301e\u0301',
      '😀'.repeat(300),
    ]) {
      expect(read(contract, { ...sound, password })).toMatchObject({ attempt: { password } });
    }
  });

  it('names no value in what it says', () => {
    const { issues } = read(contract, { [field]: { c4n4ry: 'c4n4ry' }, password: ['c4n4ry'] });
    expect(JSON.stringify(issues)).not.toContain('c4n4ry');
  });
});

describe.each(byEmail)('an address for $name', ({ name, contract, sound }) => {
  it.each([
    'user',
    'user@',
    '@example.com',
    'user@example',
    'user@@example.com',
    'user@exa mple.com',
    'us er@example.com',
    ' user@example.com',
    'user@example.com ',
    'user@example.com\n',
    'user@.com',
    'user@example..com',
    'us..er@example.com',
    '.user@example.com',
    'user@-example.com',
    'user@example.com,other@example.com',
    'User <user@example.com>',
    ' ',
  ])('is not %j', (email) => {
    const message = malformedAddress[name];
    const issues = [{ field: 'email', message, missing: false }];
    expect(read(contract, { ...sound, email })).toEqual({ issues });
  });

  it.each(['a@example.com', 'USER@Example.COM', 'first.last+tag@mail.example.co.uk', "o'x@a-b.co"])(
    'may be %s, and is taken as received',
    (value) => {
      const attempt = { identifier: { kind: 'email', value } };
      expect(read(contract, { ...sound, email: value })).toMatchObject({ attempt });
    },
  );

  it('is named before a missing password', () => {
    const { issues } = read(contract, { email: 'user' });
    expect(issues?.map(({ field, missing }) => [field, missing])).toEqual([
      ['email', false],
      ['password', true],
    ]);
  });
});

describe.each(byUsername)('a username for $name', ({ contract, sound }) => {
  it.each(['j', 'John Doe', 'user@example.com', 'josé', ' john ', '0'])('may be %j', (value) => {
    const attempt = { identifier: { kind: 'username', value } };
    expect(read(contract, { ...sound, username: value })).toMatchObject({ attempt });
  });
});

describe('a password at login', () => {
  it.each([
    { password: '1234567', fine: false },
    { password: '12345678', fine: true },
    { password: '😀'.repeat(7), fine: false },
    { password: '😀'.repeat(8), fine: true },
  ])('has eight characters or more for email-envelope: $password', ({ password, fine }) => {
    const message = 'Password must be at least 8 characters';
    const tooShort = byEmail
      .filter(({ contract, sound }) => {
        const { issues = [] } = read(contract, { ...sound, password });
        return issues.some((issue) => issue.message === message && !issue.missing);
      })
      .map(({ name }) => name);
    expect(tooShort).toEqual(fine ? [] : ['email-envelope']);
  });

  it('may have five letters for email-remember, as its document’s sample has', () => {
    const contract = byEmail.find(({ name }) => name === 'email-remember')?.contract;
    const body = { email: 'brackly@griot.com', password: 'melly', rememberMe: true };
    expect(contract?.login.safeParse(body)).toMatchObject({ data: { remember: true } });
  });
});

describe('rememberMe', () => {
  const remembering = byEmail.find(({ name }) => name === 'email-remember');
  const others = each.filter(({ name }) => name !== 'email-remember');

  it.each([
    { rememberMe: true, remember: true },
    { rememberMe: false, remember: false },
    { rememberMe: undefined, remember: false },
  ])('of $rememberMe is $remember', ({ rememberMe, remember }) => {
    const body = { ...remembering?.sound, rememberMe };
    expect(remembering?.contract.login.safeParse(body)).toMatchObject({ data: { remember } });
  });

  it.each(values(null, 'true', 'yes', 1, 0, [], {}))('is a boolean, not $text', ({ value }) => {
    const body = { ...remembering?.sound, rememberMe: value };
    const message = 'rememberMe must be true or false';
    const issues = [{ field: 'rememberMe', message, missing: value === null }];
    expect(remembering && read(remembering.contract, body)).toEqual({ issues });
  });

  it.each(others)('means nothing to $name', ({ contract, sound }) => {
    const body = { ...sound, rememberMe: true };
    expect(read(contract, body)).toMatchObject({ attempt: { remember: false } });
  });
});
