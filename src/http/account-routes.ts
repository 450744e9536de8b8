/**
 * What is done about an account, under `{base}`: register, codes, forgotten and changed passwords,
 * another address, the end. Each counts against the address as a login does, and those that ask
 * for a password count against the account as well.
 */
import type { Context } from 'hono';
import type * as z from 'zod/mini';
import type { Wire } from '../contracts/contract.ts';
import { changeEmail, confirmEmail } from '../flows/change-email.ts';
import { changePassword } from '../flows/change-password.ts';
import { deleteAccount } from '../flows/delete-account.ts';
import type { Outcome } from '../flows/model/outcome.ts';
import type { Services } from '../flows/ports/services.ts';
import type { AuthenticatedRequest } from '../flows/reauthenticate.ts';
import { register } from '../flows/register.ts';
import { forgotPassword, resetPassword } from '../flows/reset-password.ts';
import type { LoginRules } from '../flows/model/login.ts';
import { sendCode, verifyEmail } from '../flows/verify-email.ts';
import type { Operation } from '../telemetry/log.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { ContractEnv } from './request-context.ts';
import { validated } from './body.ts';
import type { ContractApp } from './contract-app.ts';
import { bearerIn } from './credentials.ts';
import type { Responder } from './responder.ts';
import { deviceCookies } from './device-cookie.ts';
import { countAtAddress, rejectEmailLimited } from './address-limit.ts';
import { registrationCookies } from './registration-cookie.ts';

/** Below `{base}`, in the order that they are published in. */
export const ACCOUNT_PATHS = [
  'register',
  'verify-email/send',
  'verify-email',
  'forgot-password',
  'reset-password',
  'change-password',
  'change-email',
  'change-email/confirm',
  'delete-account',
] as const;

interface Route<Body, Value> {
  path: (typeof ACCOUNT_PATHS)[number];
  operation: Operation;
  schema: z.ZodMiniType<Body>;
  work(request: AuthenticatedRequest<keyof Services>, body: Body): Promise<Outcome<Value>>;
  answer(value: Value): Wire;
  cookies?(value: Value): readonly string[];
  identifierOf?(body: Body): Identifier;
  /** Counts against the address's limit for e-mail as well. */
  sendsEmail?: boolean;
}

export function mountAccounts(app: ContractApp, responder: Responder, rules: LoginRules): void {
  const { contract } = responder;
  const { requests, responses } = contract;

  const mount = <Body, Value>(route: Route<Body, Value>) => {
    const { path, operation, schema, work, answer, cookies, identifierOf } = route;
    const at = `${contract.base}/${path}`;
    if (route.sendsEmail) app.post(at, rejectEmailLimited(operation, responder));
    app.post(
      at,
      countAtAddress(operation, responder, rules.limit),
      ...validated(operation, schema, responder.malformed),
      (c: Context<ContractEnv, string, { out: { json: Body } }>) => {
        const { services, meta } = c.env;
        const body = c.req.valid('json');
        const token = bearerIn(c.req.raw.headers);
        return responder.run(c, {
          operation,
          ...(identifierOf ? { identifier: identifierOf(body) } : {}),
          work: work({ services, rules, meta, token }, body),
          answer,
          ...(cookies ? { cookies } : {}),
        });
      },
    );
  };
  mount({
    path: 'register',
    sendsEmail: true,
    operation: 'register',
    schema: requests.register.decode,
    work: (request, application) => register({ ...request, application }),
    answer: responses.registered.render,
    cookies: registrationCookies,
    identifierOf: ({ email }) => ({ kind: 'email', value: email }),
  });
  mount({
    path: 'verify-email/send',
    sendsEmail: true,
    operation: 'send-code',
    schema: requests['send-code'].decode,
    work: (request, body) => sendCode({ ...request, ...body }),
    answer: responses.accepted.render,
    identifierOf: ({ identifier }) => identifier,
  });
  mount({
    path: 'verify-email',
    operation: 'verify-email',
    schema: requests['verify-email'].decode,
    work: (request, body) => verifyEmail({ ...request, ...body }),
    answer: responses.done.render,
    cookies: deviceCookies,
    identifierOf: ({ identifier }) => identifier,
  });
  mount({
    path: 'forgot-password',
    sendsEmail: true,
    operation: 'forgot-password',
    schema: requests['forgot-password'].decode,
    work: (request, body) => forgotPassword({ ...request, ...body }),
    answer: responses.accepted.render,
    identifierOf: ({ identifier }) => identifier,
  });
  mount({
    path: 'reset-password',
    operation: 'reset-password',
    schema: requests['reset-password'].decode,
    work: (request, { token, password }) => resetPassword({ ...request, token, password }),
    answer: responses.done.render,
  });
  mount({
    path: 'change-password',
    operation: 'change-password',
    schema: requests['change-password'].decode,
    work: (request, body) => changePassword({ ...request, ...body }),
    answer: responses.done.render,
    cookies: deviceCookies,
  });
  mount({
    path: 'change-email',
    sendsEmail: true,
    operation: 'change-email',
    schema: requests['change-email'].decode,
    work: (request, body) => changeEmail({ ...request, ...body }),
    answer: responses.accepted.render,
    identifierOf: ({ email }) => ({ kind: 'email', value: email }),
  });
  mount({
    path: 'change-email/confirm',
    operation: 'confirm-email',
    schema: requests['confirm-email'].decode,
    work: (request, { code }) => confirmEmail({ ...request, code }),
    answer: responses.done.render,
  });
  mount({
    path: 'delete-account',
    operation: 'delete-account',
    schema: requests['delete-account'].decode,
    work: (request, { password }) => deleteAccount({ ...request, password }),
    answer: responses.loggedOut.render,
  });
}
