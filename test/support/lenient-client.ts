/** A client of the lenient contract (fixtures/lenient-contract.ts). */
import { lenient } from '../fixtures/lenient-contract.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { mailbox } from './mailbox.ts';
import type { Answer, Sending, TestUser } from './test-app.ts';

export const settings = {
  CONTRACTS: ['lenient'],
  IMMEDIATE_REGISTRATION: ['lenient'],
  EMAIL_LIMITS: { perAddressPerHour: 1000, perHour: 1_000_000 },
};

type Body = Record<string, unknown>;

export const bodyOf = ({ text }: Answer) => JSON.parse(text) as Record<string, string>;

export function lenientClient(
  how: object = {},
  intercept?: BindingInterceptor,
  answered?: () => void,
) {
  const { app, to, calls } = mailbox({ ...settings, ...how }, intercept, answered);
  const post = (
    operation: string,
    body: Body,
    { token = '', headers, ...sending }: Sending & { token?: string } = {},
  ) =>
    app.post(`${lenient.base}/${operation}`, body, {
      ...sending,
      headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
    });
  return {
    app,
    to,
    calls,
    post,
    register: (user: TestUser, sending?: Sending) => post('register', { ...user }, sending),
    login: ({ email, password }: TestUser) => post('login', { email, password }),
    refresh: (refreshToken: string) => post('refresh', { refreshToken }),
    renew: (token: string) => post('renew', {}, { token }),
    profile: (token: string) =>
      app.fetch(lenient.profilePath, { headers: { Authorization: `Bearer ${token}` } }),
  };
}
