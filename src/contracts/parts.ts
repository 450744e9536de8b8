/** Parts of bodies that several contracts have in common. */
import * as z from 'zod/mini';
import type { Granted, Issue } from '../flows/model/outcome.ts';
import type { User } from '../flows/model/user.ts';
import type { ProfilePaths } from './contract.ts';
import type { WireContext } from './wire.ts';
import type { WireError } from './error-answers.ts';
import {
  component,
  nullWhere,
  text,
  type Body,
  type DeclaredTokenPaths,
  type Fields,
} from './responses.ts';

/** The fields of a user that contracts with usernames show. */
export const usernameFields = () => ({
  id: z.int(),
  username: z.string(),
  email: nullWhere('for imported users without one', z.email()),
});

/** The name that a user may have given, and text that only an import sets. */
export const givenName = () =>
  nullWhere('where neither the registration nor an import gave one', z.string());
export const importedText = () => nullWhere('where no import gave one', z.string());

const pair = component(
  'Tokens',
  () => ({
    accessToken: text('JWT, good for 15 minutes'),
    refreshToken: text('JWT, good for 14 days'),
  }),
  ({ access, refresh }: Granted) => ({
    accessToken: access.token,
    refreshToken: refresh?.token as string,
  }),
);

/** `"tokens": { "accessToken", "refreshToken" }` */
export const tokenPair = {
  schema: () => ({ tokens: pair.schema() }),
  render: (granted: Granted) => ({ tokens: pair.render(granted) }),
  paths: { access: ['tokens', 'accessToken'], refresh: ['tokens', 'refreshToken'] },
};

/** A login that shows the user beside the tokens, and a profile that shows it alone. */
export function userResponses<
  U extends User,
  UserFields extends Fields,
  TokenFields extends Fields,
>(
  user: ReturnType<typeof component<U, UserFields>>,
  tokens: Body<Granted, TokenFields> & { paths: DeclaredTokenPaths },
  /** The fields of the user that pages show, with the wire's name where it is another. */
  names: readonly (keyof ProfilePaths | readonly [keyof ProfilePaths, string])[],
) {
  return {
    login: {
      schema: () => ({ user: user.schema(), ...tokens.schema() }),
      render: (granted: Granted & { user: U }, context: WireContext) => ({
        user: user.render(granted.user),
        ...tokens.render(granted, context),
      }),
      paths: tokens.paths,
    },
    profile: {
      schema: () => ({ user: user.schema() }),
      render: (shown: U) => ({ user: user.render(shown) }),
      paths: Object.fromEntries(
        names.map((one) => {
          const [name, onWire] = typeof one === 'string' ? [one, one] : one;
          return [name, ['user', onWire]];
        }),
      ),
    },
  };
}

/** The errors of a body, by field. */
export const fieldIssues = {
  schema: () => z.array(z.object({ field: z.string(), message: z.string() })),
  render: (issues: readonly Issue[]) => issues.map(({ field, message }) => ({ field, message })),
};

/** The fields of a refusal that says how to go on. */
export const refusalDetails = () => ({
  challenge: z.optional(text('Of a sign-in that asks for a second factor')),
  methods: z.optional(z.array(z.enum(['password', 'totp', 'recovery-code', 'passkey']))),
});

/** `"error": { "code", "message", "details" }`, with details where the body is at fault. */
export const codedError = {
  schema: (codes: string[]) =>
    z.object({
      code: z.enum(codes),
      message: z.string(),
      details: z.optional(fieldIssues.schema()),
      ...refusalDetails(),
    }),
  render: ({ code, message, issues, details }: WireError) => ({
    code,
    message,
    ...details,
    ...(issues.length > 0 && { details: fieldIssues.render(issues) }),
  }),
  paths: { code: ['error', 'code'], message: ['error', 'message'] },
};
