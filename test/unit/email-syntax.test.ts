/** Syntax of a contract's e-mail field; the golden pairs show that each contract checks it. */
import { expect, it } from 'vitest';
import { requiredEmail } from '../../src/contracts/fields.ts';

const field = requiredEmail('malformed');

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
])('refuses %j as malformed', (email) => {
  expect(field.safeParse(email).error?.issues[0]?.message).toBe('malformed');
});

it.each(['a@example.com', 'USER@Example.COM', 'first.last+tag@mail.example.co.uk', "o'x@a-b.co"])(
  'accepts %s as received',
  (email) => {
    expect(field.safeParse(email).data).toBe(email);
  },
);
