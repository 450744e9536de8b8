/** The operations of a contract, as its published document lists them. */
import type * as z from 'zod/mini';
import type { Contract, Wire, WireResponse } from '../../src/contracts/contract.ts';
import { accountOperations } from './account-operations.ts';
import { sampleGranted, sampleSession, sampleUser, type Reason } from './samples.ts';

export interface Operation {
  id: string;
  summary: string;
  method: 'get' | 'post' | 'delete';
  path: string;
  /** What the caller proves who they are by; `cookie`: or by a bearer where both are named. */
  credentials: readonly ('bearer' | 'cookie')[];
  request: z.ZodMiniType | null;
  /** For an operation whose body is not read: when a caller has to send one. */
  optionalBody?: string;
  answer: { wire: Wire; schema: z.ZodMiniType | null; description: string };
  reasons: readonly Reason[];
}

/** What tells a caller's own request from one that a page of another site has caused. */
const DECLARED_AS_JSON =
  'Not read. Browsers need none, since they send `Origin` or `Sec-Fetch-Site`. A request with the cookie and neither of these headers has to be declared as `application/json`, as it is with an empty object here';

const ALWAYS: readonly Reason[] = ['insecure', 'internal'];

/** A response's schema, and a sample of it. */
function shown<T>({ schema, render }: WireResponse<T>, sample: T) {
  return { schema: schema && schema(), wire: render(sample) };
}

/** Login comes first. */
export function operationsOf(contract: Contract): Operation[] {
  const { base, refresh, requests, responses } = contract;
  const cookie = refresh?.in === 'cookie';
  const crossSite: Reason[] = cookie ? ['cross-site'] : [];
  const bearer = ['bearer'] as const;
  const unverified: Reason[] = contract.requiresVerifiedEmail ? ['unverified'] : [];

  const operations: Operation[] = [
    {
      id: 'login',
      summary: 'Sign in',
      method: 'post',
      path: `${base}/login`,
      credentials: [],
      request: requests.login.decode,
      answer: {
        ...shown(responses.login, sampleGranted),
        description: 'Signed in',
      },
      reasons: [
        'malformed',
        'invalid',
        'inactive',
        ...unverified,
        'locked',
        'limited',
        'busy',
        ...ALWAYS,
      ],
    },
    {
      id: 'logout',
      summary: 'End this session',
      method: 'post',
      path: `${base}/logout`,
      credentials: cookie ? ['bearer', 'cookie'] : bearer,
      request: null,
      ...(cookie ? { optionalBody: `${DECLARED_AS_JSON}, unless it brings a bearer` } : {}),
      answer: { ...shown(responses.loggedOut, null), description: 'Signed out' },
      reasons: [
        'unauthenticated',
        ...(cookie ? (['malformed', 'cross-site'] as const) : []),
        ...ALWAYS,
      ],
    },
    {
      id: 'logoutAll',
      summary: 'End all sessions of this user',
      method: 'post',
      path: `${base}/logout-all`,
      credentials: bearer,
      request: null,
      answer: {
        ...shown(responses.loggedOut, null),
        description: 'Signed out everywhere',
      },
      reasons: ['unauthenticated', ...ALWAYS],
    },
    {
      id: 'getProfile',
      summary: 'Who is signed in',
      method: 'get',
      path: contract.profilePath,
      credentials: bearer,
      request: null,
      answer: {
        ...shown(responses.profile, sampleUser),
        description: 'The user',
      },
      reasons: ['unauthenticated', ...ALWAYS],
    },
    {
      id: 'listSessions',
      summary: 'The live sessions of this user, newest first',
      method: 'get',
      path: `${base}/sessions`,
      credentials: bearer,
      request: null,
      answer: {
        ...shown(responses.sessions, [sampleSession]),
        description: 'The sessions',
      },
      reasons: ['unauthenticated', ...ALWAYS],
    },
    {
      id: 'endSession',
      summary: 'End one session of this user',
      method: 'delete',
      path: `${base}/sessions/{id}`,
      credentials: bearer,
      request: null,
      answer: { ...shown(responses.done, null), description: 'Ended' },
      reasons: ['unauthenticated', 'not-found', ...ALWAYS],
    },
  ];
  if (refresh !== null && responses.refresh !== null) {
    operations.splice(1, 0, {
      id: 'refresh',
      summary: 'Trade the refresh token for new tokens',
      method: 'post',
      path: `${base}/refresh`,
      credentials: cookie ? ['cookie'] : [],
      request: requests.refresh?.decode ?? null,
      ...(cookie ? { optionalBody: DECLARED_AS_JSON } : {}),
      answer: {
        ...shown(responses.refresh, sampleGranted),
        description: 'New tokens',
      },
      reasons: ['malformed', 'unauthenticated', ...crossSite, ...ALWAYS],
    });
  }
  return [...operations, ...accountOperations(contract)];
}
