/** The operations around an account, as a contract's published document lists them. */
import type * as z from 'zod/mini';
import type { Contract } from '../../src/contracts/contract.ts';
import { ACCOUNT_PATHS } from '../../src/http/account-routes.ts';
import type { Operation } from './operations.ts';
import { sampleHandle, type Reason } from './samples.ts';

const GUESS: readonly Reason[] = ['locked', 'busy'];
const BEARER: readonly Reason[] = ['unauthenticated'];

const isAccepted = (answer: Listed['answer']) => answer === 'registered' || answer === 'accepted';

interface Listed {
  id: string;
  summary: string;
  request: z.ZodMiniType;
  answer: 'registered' | 'accepted' | 'done' | 'loggedOut';
  reasons: readonly Reason[];
}

export function accountOperations(contract: Contract): Operation[] {
  const { base, identifier, requests, responses } = contract;
  const taken: Reason[] = identifier === 'username' ? ['taken'] : [];
  const listed: Record<(typeof ACCOUNT_PATHS)[number], Listed> = {
    register: {
      id: 'register',
      summary: 'Ask for an account; what comes of it is told by mail',
      request: requests.register.decode,
      answer: 'registered',
      reasons: taken,
    },
    'verify-email/send': {
      id: 'sendCode',
      summary: 'Send a code to an address that is not verified yet',
      request: requests['send-code'].decode,
      answer: 'accepted',
      reasons: [],
    },
    'verify-email': {
      id: 'verifyEmail',
      summary: 'Prove the mailbox with the code, and oneself with the password',
      request: requests['verify-email'].decode,
      answer: 'done',
      reasons: ['invalid-code', ...GUESS],
    },
    'forgot-password': {
      id: 'forgotPassword',
      summary: 'Send a link to set a new password',
      request: requests['forgot-password'].decode,
      answer: 'accepted',
      reasons: [],
    },
    'reset-password': {
      id: 'resetPassword',
      summary: 'Set a new password with the token of the link; ends all sessions',
      request: requests['reset-password'].decode,
      answer: 'done',
      reasons: ['invalid-link'],
    },
    'change-password': {
      id: 'changePassword',
      summary: 'Set a new password with the current one; ends all other sessions',
      request: requests['change-password'].decode,
      answer: 'done',
      reasons: [...BEARER, 'invalid', ...GUESS],
    },
    'change-email': {
      id: 'changeEmail',
      summary: 'Send a code to another address',
      request: requests['change-email'].decode,
      answer: 'accepted',
      reasons: [...BEARER, 'invalid', ...GUESS],
    },
    'change-email/confirm': {
      id: 'confirmEmail',
      summary: 'Take the other address with the code',
      request: requests['confirm-email'].decode,
      answer: 'done',
      reasons: [...BEARER, 'invalid-code'],
    },
    'delete-account': {
      id: 'deleteAccount',
      summary: 'Delete this account',
      request: requests['delete-account'].decode,
      answer: 'loggedOut',
      reasons: [...BEARER, 'invalid', ...GUESS],
    },
  };

  return ACCOUNT_PATHS.map((path): Operation => {
    const { id, summary, request, answer, reasons } = listed[path];
    return {
      id,
      summary,
      method: 'post',
      path: `${base}/${path}`,
      credentials: reasons.includes('unauthenticated') ? ['bearer'] : [],
      request,
      answer: {
        wire: responses[answer].render({ handle: sampleHandle }),
        schema: responses[answer].schema?.() ?? null,
        description: isAccepted(answer) ? 'Accepted; the rest comes by mail' : 'Done',
      },
      reasons: ['malformed', ...reasons, 'limited', 'insecure', 'internal'],
    };
  });
}
