/**
 * `username-coded`: success envelope with `data`, errors with a code.
 * The document fixes the path, the fields and the codes, and shows no bodies; their shapes are ours.
 */
import * as z from 'zod/mini';
import { defineContract } from './define.ts';
import { codedError, userResponses, tokenPair, usernameFields } from './parts.ts';
import { component, dataEnvelope, isoTime, pick, type UserNamedBy } from './responses.ts';

const user = component(
  'User',
  () => ({ ...usernameFields(), createdAt: isoTime.schema() }),
  (user: UserNamedBy<'username'>) => ({
    ...pick(user, 'id', 'username', 'email'),
    createdAt: isoTime.render(user.createdAtMs),
  }),
);

export const usernameCoded = defineContract({
  name: 'username-coded',
  title: 'Login with coded errors',
  description: 'Signs in with username and password. Every refusal carries a code.',
  base: '/api/auth',
  profilePath: '/api/profile',
  lifetimes: { accessSeconds: 900, refreshSeconds: 14 * 86_400 },
  identifier: 'username',
  tokens: {
    claims: ({ user: { id: userId, username } }) => ({
      access: { userId, username },
      refresh: { userId },
    }),
  },
  envelope: dataEnvelope,
  ...userResponses(user, tokenPair, ['username', 'email']),
  refresh: { in: 'body', ...tokenPair },
  errors: {
    schema: (codes) => z.object({ success: z.literal(false), error: codedError.schema(codes) }),
    render: (error) => ({ success: false as const, error: codedError.render(error) }),
    paths: codedError.paths,
  },
});
