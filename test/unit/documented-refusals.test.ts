/** The refusals that the contracts' documents show, byte for byte: fields, order and words. */
import { describe, expect, it } from 'vitest';
import { refusalWire, type Contract } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { emailEnvelope } from '../../src/contracts/email-envelope.ts';
import { emailRemember } from '../../src/contracts/email-remember.ts';
import { usernameCoded } from '../../src/contracts/username-coded.ts';
import { usernamePair } from '../../src/contracts/username-pair.ts';
import type { Issue, Refusal } from '../../src/flows/model/outcome.ts';
import { circumstances, sampleOf } from '../../tools/openapi/samples.ts';

const malformed = (...issues: [Issue, ...Issue[]]): Refusal => ({ reason: 'malformed', issues });
const noUsername = { field: 'username', message: 'Username is required', missing: true };
const noEmail = { field: 'email', message: 'Email is required', missing: true };
const noPassword = { field: 'password', message: 'Password is required', missing: true };
const badEmail = { field: 'email', message: 'Invalid email format', missing: false };
const noBody = { field: 'body', message: 'Request body must be a JSON object', missing: false };

const said = ({ field, message }: Issue) => ({ field, message });

const envelope = (message: string, code: string, errors: object = {}) => ({
  success: false,
  message,
  code,
  errors,
  trace_id: circumstances.traceId,
});
const cookie = (code: string, message: string, details: object = {}) => ({
  error: { code, message, details },
});
const missing = (field: string, ...issues: Issue[]) =>
  cookie('REQUIRED_FIELD_MISSING', 'Required field is missing', {
    field,
    validationErrors: issues.map(said),
  });
const invalid = (field: string, ...issues: Issue[]) =>
  cookie('VALIDATION_ERROR', 'Validation failed', { field, validationErrors: issues.map(said) });

interface Row {
  of: Contract;
  to: string;
  refusal: Refusal;
  status: number;
  body: object;
}

const rows: Row[] = [
  {
    of: usernameCoded,
    to: 'nothing sent',
    refusal: malformed(noUsername, noPassword),
    status: 400,
    body: {
      success: false,
      error: {
        code: 'VALIDATION_ERROR',
        message: 'Validation failed',
        details: [noUsername, noPassword].map(said),
      },
    },
  },
  {
    of: usernamePair,
    to: 'nothing sent',
    refusal: malformed(noUsername, noPassword),
    status: 400,
    body: { error: 'ValidationError', message: 'Username is required' },
  },
  {
    of: usernamePair,
    to: 'no password sent',
    refusal: malformed(noPassword),
    status: 400,
    body: { error: 'ValidationError', message: 'Password is required' },
  },
  {
    of: usernamePair,
    to: 'no readable body',
    refusal: malformed(noBody),
    status: 400,
    body: { error: 'ValidationError', message: 'Username is required' },
  },
  {
    of: usernamePair,
    to: 'wrong credentials',
    refusal: sampleOf('invalid'),
    status: 401,
    body: { error: 'UnauthorizedError', message: 'Invalid username or password' },
  },
  {
    of: emailEnvelope,
    to: 'wrong credentials',
    refusal: sampleOf('invalid'),
    status: 401,
    body: envelope('Invalid email or password', 'INVALID_CREDENTIALS'),
  },
  {
    of: emailEnvelope,
    to: 'several faults',
    refusal: malformed(badEmail, noPassword),
    status: 422,
    body: envelope('Validation failed', 'VALIDATION_ERROR', {
      email: ['Invalid email format'],
      password: ['Password is required'],
    }),
  },
  {
    of: emailRemember,
    to: 'wrong credentials',
    refusal: sampleOf('invalid'),
    status: 401,
    body: { error: { code: 'INVALID_CREDENTIALS', message: 'Invalid email or password' } },
  },
  {
    of: emailRemember,
    to: 'several faults',
    refusal: malformed(badEmail, noPassword),
    status: 422,
    body: {
      error: {
        code: 'VALIDATION_ERROR',
        message: 'Validation failed',
        details: [
          { field: 'email', message: 'Invalid email format' },
          { field: 'password', message: 'Password is required' },
        ],
      },
    },
  },
  {
    of: emailRemember,
    to: 'a locked account',
    refusal: sampleOf('locked'),
    status: 423,
    body: {
      error: {
        code: 'ACCOUNT_LOCKED',
        message: 'Account locked due to too many failed attempts. Try again in 15 minutes.',
      },
    },
  },
  {
    of: emailCookie,
    to: 'wrong credentials',
    refusal: sampleOf('invalid'),
    status: 401,
    body: cookie('INVALID_CREDENTIALS', 'Invalid email or password'),
  },
  {
    of: emailCookie,
    to: 'an outage',
    refusal: sampleOf('internal'),
    status: 500,
    body: cookie('INTERNAL_SERVER_ERROR', 'An unexpected error occurred'),
  },
  {
    of: emailCookie,
    to: 'no address sent',
    refusal: malformed(noEmail),
    status: 400,
    body: missing('email', noEmail),
  },
  {
    of: emailCookie,
    to: 'nothing sent',
    refusal: malformed(noEmail, noPassword),
    status: 400,
    body: missing('email', noEmail, noPassword),
  },
  {
    of: emailCookie,
    to: 'a bad address and no password',
    refusal: malformed(badEmail, noPassword),
    status: 400,
    body: missing('password', badEmail, noPassword),
  },
  {
    of: emailCookie,
    to: 'a bad address',
    refusal: malformed(badEmail),
    status: 400,
    body: invalid('email', badEmail),
  },
  {
    of: emailCookie,
    to: 'no readable body',
    refusal: malformed(noBody),
    status: 400,
    body: invalid('body', noBody),
  },
];

describe('a documented refusal', () => {
  it.each(rows)('of $of.name to $to is $status', ({ of, refusal, status, body }) => {
    const wire = refusalWire(of, refusal, circumstances);
    expect(wire.status).toBe(status);
    expect(JSON.stringify(wire.body)).toBe(JSON.stringify(body));
  });
});
