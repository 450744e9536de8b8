/**
 * `email-remember`: one token, longer-lived where the user asks to be remembered, and a 423 that
 * says how long a lock lasts. Its times have no milliseconds.
 *
 * The document's eight-character rule governs passwords that are set: its own sample signs in
 * with five letters.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import { defineContract } from './define.ts';
import { requiredEmail } from './fields.ts';
import { codedError, givenName, importedText, userResponses } from './parts.ts';
import {
  component,
  isoSeconds as time,
  nullWhere,
  pick,
  text,
  type UserNamedBy,
} from './responses.ts';

const named = () => z.object({ id: z.string(), name: z.string() });

const user = component(
  'User',
  () => ({
    id: z.string(),
    name: givenName(),
    email: z.email(),
    avatar: importedText(),
    role: nullWhere(
      'where neither the setting NEW_ACCOUNTS, nor an operator, nor an import gave one',
      named(),
    ),
    team: nullWhere('where neither the setting NEW_ACCOUNTS nor an import gave one', named()),
    status: z.enum(['active', 'inactive']),
    lastLoginAt: time.schema(),
    createdAt: time.schema(),
  }),
  (user: UserNamedBy<'email'>) => ({
    id: user.publicId,
    ...pick(user, 'name', 'email', 'avatar', 'role', 'team', 'status'),
    // Each login sets the time; the fallback satisfies the type alone.
    lastLoginAt: time.render(user.lastLoginAtMs ?? user.createdAtMs),
    createdAt: time.render(user.createdAtMs),
  }),
);

const token = {
  schema: () => ({ token: text('JWT'), expiresAt: time.schema('When the token expires') }),
  render: ({ access }: Granted) => ({
    token: access.token,
    expiresAt: time.render(access.expiresAtMs),
  }),
  paths: { access: ['token'] },
};

const LOCKED = 'Account locked due to too many failed attempts.';

function lockMessage({ untilMs }: { untilMs: number }, { nowMs }: { nowMs: number }): string {
  const minutes = Math.max(1, Math.ceil((untilMs - nowMs) / 60_000));
  return `${LOCKED} Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

export const emailRemember = defineContract({
  name: 'email-remember',
  title: 'Login that remembers',
  description: 'Signs in with email and password; `rememberMe` makes the token last 30 days.',
  base: '/api/v1/auth',
  profilePath: '/api/v1/profile',
  lifetimes: { accessSeconds: 86_400, rememberedSeconds: 30 * 86_400 },
  attemptsPerMinute: 10,
  identifier: 'email',
  loginBody: {
    identifier: ['email', () => requiredEmail('Invalid email format')],
    remember: [
      'rememberMe',
      () => z._default(z.boolean('rememberMe must be true or false'), false),
    ],
  },
  time,
  ...userResponses(user, token, ['name', 'email', 'avatar']),
  errors: {
    schema: (codes) => z.object({ error: codedError.schema(codes) }),
    render: (error) => ({ error: codedError.render(error) }),
    paths: codedError.paths,
    overrides: {
      malformed: { status: 422 },
      locked: { status: 423, code: 'ACCOUNT_LOCKED', message: lockMessage },
      'locked-until-reset': { message: `${LOCKED} Reset your password to unlock it.` },
    },
  },
});
