/** The role and the team that a deployment gives to accounts that come from a registration. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { addUser } from '../support/test-app.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client } from '../support/session.ts';

const member = { id: 'role-member', name: 'Member' };
const newTeam = { id: 'team-new', name: 'New accounts' };

/** Registers, proves the address, signs in, and answers the user object of that login. */
async function registered(settings: object, more: object = {}): Promise<Record<string, unknown>> {
  const { here, to } = mailbox(settings);
  const { post, login } = client(here, 'email-remember');
  const person = newUser();
  const { email, password } = person;
  await post('register', { email, password, ...more });
  await post('verify-email', { email, password, code: codeIn(to(email)) });
  const { status, text } = await login(person);
  expect(status).toBe(200);
  return (JSON.parse(text) as { user: Record<string, unknown> }).user;
}

const rows = async (table: 'roles' | 'teams') =>
  (await env.DB.prepare(`SELECT id, name FROM ${table} ORDER BY id`).all()).results;

it('shows null where nothing is set', async () => {
  expect(await registered({})).toMatchObject({ role: null, team: null, name: null, avatar: null });
});

it('gives each of them what is set, and makes it where it is missing', async () => {
  const bystander = await addUser();
  const [roles, teams] = await Promise.all([rows('roles'), rows('teams')]);
  const settings = { NEW_ACCOUNTS: { role: member, team: newTeam } };
  for (const name of ['First', 'Second']) {
    expect(await registered(settings, { name })).toMatchObject({
      role: member,
      team: newTeam,
      name,
    });
  }
  expect(await registered({ NEW_ACCOUNTS: { team: newTeam } })).toMatchObject({
    role: null,
    team: newTeam,
  });
  expect(await rows('roles')).toEqual([...roles, member]);
  expect(await rows('teams')).toEqual([...teams, newTeam]);
  expect(
    await env.DB.prepare('SELECT role_id, team_id FROM users WHERE id = ?')
      .bind(bystander.id)
      .first(),
  ).toEqual({ role_id: null, team_id: null });
});

it('leaves the name of a role that is there', async () => {
  await env.DB.prepare("INSERT INTO roles (id, name) VALUES ('role-kept', 'Kept')").run();
  const settings = { NEW_ACCOUNTS: { role: { id: 'role-kept', name: 'Another' } } };
  expect(await registered(settings)).toMatchObject({ role: { id: 'role-kept', name: 'Kept' } });
});
