/** The setting for the role and the team of new accounts. */
import { expect, it } from 'vitest';
import { complaint, settingsWith } from './sample-env.ts';

const role = { id: 'role-member', name: 'Müller & co.' };
const team = { id: '7', name: 'T' };

it('gives none by default', () => {
  expect(settingsWith().newAccounts).toEqual({ role: null, team: null });
});

it.each([
  { given: { role, team }, read: { role, team } },
  { given: JSON.stringify({ role, team }), read: { role, team } },
  { given: { team }, read: { role: null, team } },
])('is read from $given', ({ given, read }) => {
  expect(settingsWith({ NEW_ACCOUNTS: given }).newAccounts).toEqual(read);
});

const CANARY = 'c4n4ry';

it.each([
  CANARY,
  null,
  { role: CANARY },
  { role: { id: CANARY } },
  { role: { id: '', name: CANARY } },
  { role: { id: CANARY, name: 'R\n' } },
  { role: { id: 'r'.repeat(65), name: CANARY } },
  { team: { id: CANARY, name: 'T', more: 1 } },
  { group: { id: CANARY, name: 'G' } },
])('stops the start where it is %j, and shows nothing of it', (given) => {
  const message = complaint({ NEW_ACCOUNTS: given });
  expect(message).toMatch(/^ {2}NEW_ACCOUNTS[.:]/m);
  expect(message).not.toContain(CANARY);
});
