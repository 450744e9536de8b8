/** The operations around sessions and activity: rows of the operations' table (operations.ts). */
import { ATTEMPT, PUBLIC_ATTEMPT, row, withInput, type OperationRequest } from './operation.ts';
import { revokeSession } from './revoke-session.ts';
import { endSession, listActivity, listSessions, renameSession } from './sessions.ts';

export const SESSION_OPERATIONS = {
  'list-sessions': row({
    method: 'GET',
    path: 'sessions',
    summary: 'List the live sessions of this user, newest first',
    access: 'bearer',
    isReadOnly: true,
    response: 'sessions',
    run: (request: OperationRequest) => listSessions(request),
  }),
  'rename-session': row({
    ...ATTEMPT,
    method: 'PATCH',
    path: 'sessions/:id',
    summary: 'Name a session of this user, or take its name away',
    access: 'bearer',
    refusals: ['not-found'],
    response: 'done',
    run: (request: OperationRequest<{ id: string; name: string | null }>) =>
      renameSession(request, request.input),
  }),
  'end-session': row({
    method: 'DELETE',
    path: 'sessions/:id',
    summary: 'End one session of this user',
    access: 'bearer',
    refusals: ['not-found'],
    response: 'done',
    run: (request: OperationRequest<{ id: string }>) => endSession(request, request.input.id),
  }),
  'revoke-session': row({
    ...PUBLIC_ATTEMPT,
    path: 'sessions/revoke',
    summary: 'End the session that an e-mail told of; its link stays good for a new password',
    refusals: ['invalid-link'],
    response: 'done',
    run: (request: OperationRequest<{ token: string }>) => revokeSession(withInput(request)),
  }),
  'list-activity': row({
    method: 'GET',
    path: 'activity',
    summary: 'List the newest events of this account',
    access: 'bearer',
    isReadOnly: true,
    response: 'activity',
    run: (request: OperationRequest) => listActivity(request),
  }),
};
