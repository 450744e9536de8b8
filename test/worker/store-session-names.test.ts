/** Names of sessions: of one's own live ones alone, each change recorded once. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import * as rows from '../support/store-rows.ts';

const sessions = createSessions(env.DB);

beforeEach(rows.resetRows);

describe('rename', () => {
  const rename = (session = { id: 'alice-here', userId: 1, name: 'Laptop' as string | null }) =>
    rows.differenceAfter(() => sessions.rename(session, rows.auditContext));
  const renamed = (name: string | null) => [
    true,
    {
      changed: { 'sessions alice-here': { name } },
      added: { audit_events: [rows.eventRow('SESSION_RENAMED', { session_id: 'alice-here' })] },
    },
  ];

  it('names one session of one user, and takes the name away', async () => {
    expect(await rename()).toEqual(renamed('Laptop'));
    expect(await rename({ id: 'alice-here', userId: 1, name: null })).toEqual(renamed(null));
  });

  it('records no name that the session has already', async () => {
    await rename();
    expect(await rename()).toEqual([true, {}]);
  });

  it.each([
    ['is another user’s', "UPDATE sessions SET user_id = 2 WHERE id = 'alice-here'"],
    ['has expired', rows.expiring('sessions', 'alice-here')],
    ['is of an earlier password', rows.hasNewPassword[1]],
    ['is an inactive user’s', rows.isInactive[1]],
  ])('changes nothing where the session %s', async (_, sql) => {
    await rows.execute(sql);
    expect(await rename()).toEqual([false, {}]);
  });
});
