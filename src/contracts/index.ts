/**
 * All contracts. A deployment serves those of its setting CONTRACTS; app.ts chooses the contract of a
 * request, by prefix, host or path.
 */
import type { Contract } from './contract.ts';
import { emailCookie } from './email-cookie.ts';
import { emailEnvelope } from './email-envelope.ts';
import { emailRemember } from './email-remember.ts';
import { gotrue } from './gotrue.ts';
import { keycloak } from './keycloak.ts';
import { oauth2 } from './oauth2.ts';
import { realworld } from './realworld.ts';
import { strapi } from './strapi.ts';
import { usernameCoded } from './username-coded.ts';
import { usernamePair } from './username-pair.ts';

export const contracts: readonly Contract[] = [
  usernameCoded,
  usernamePair,
  emailEnvelope,
  emailRemember,
  emailCookie,
  realworld,
  oauth2,
  keycloak,
  gotrue,
  strapi,
];
