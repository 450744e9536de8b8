/** Facts of the contracts that a service behind them needs. test/clients/verify.test.ts holds them true. */

export interface ContractFacts {
  /** The header `typ` of its access tokens. */
  readonly type: 'at+jwt' | 'JWT';
  /** The path that answers with the user while the session lives; `:realm` is the issuer's last segment. */
  readonly profilePath: string;
  /** The scheme of its access tokens in the header `Authorization`. */
  readonly scheme: 'Bearer' | 'Token';
  /** The statuses that its profile answers when the session has ended. */
  readonly ended: readonly number[];
}

const bearerAt = (profilePath: string): ContractFacts => ({
  type: 'at+jwt',
  profilePath,
  scheme: 'Bearer',
  ended: [401],
});

export const CONTRACTS = {
  'email-remember': bearerAt('/api/v1/profile'),
  'email-cookie': bearerAt('/api/v1/profile'),
  'email-envelope': bearerAt('/api/v1/profile'),
  'username-pair': bearerAt('/api/profile'),
  'username-coded': bearerAt('/api/profile'),
  realworld: { ...bearerAt('/api/user'), scheme: 'Token' },
  oauth2: bearerAt('/userinfo'),
  keycloak: {
    ...bearerAt('/realms/:realm/protocol/openid-connect/userinfo'),
    type: 'JWT',
  },
  gotrue: { ...bearerAt('/auth/v1/user'), type: 'JWT', ended: [401, 403] },
  strapi: bearerAt('/api/users/me'),
} satisfies Record<string, ContractFacts>;

export type ContractName = keyof typeof CONTRACTS;
