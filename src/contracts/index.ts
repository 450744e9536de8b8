/** The contracts there are. Which of them a deployment serves is its setting CONTRACTS. */
import type { Contract } from './contract.ts';
import { emailCookie } from './email-cookie.ts';
import { emailEnvelope } from './email-envelope.ts';
import { emailRemember } from './email-remember.ts';
import { usernameCoded } from './username-coded.ts';
import { usernamePair } from './username-pair.ts';

export const contracts: readonly Contract[] = [
  usernameCoded,
  usernamePair,
  emailEnvelope,
  emailRemember,
  emailCookie,
];
