/** What OWASP ASVS 5.0 (V6) and NIST SP 800-63B-4 ask of accounts and passwords as a whole. */
/// <reference types="vite/types/importMeta.d.ts" />
import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { roleBody } from '../../src/http/admin-input.ts';
import { addUser, doors, house } from '../support/house.ts';
import { mailbox } from '../support/mailbox.ts';
import { newcomer } from '../support/newcomer.ts';
import { operator } from '../support/operator.ts';
import { client, held } from '../support/session.ts';

afterEach(() => vi.useRealTimers());

const documents = import.meta.glob<object>('../../docs/api/*.json', {
  eager: true,
  import: 'default',
});

/** Every name of a field in a document, however deep. */
function fieldsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties } = value as { properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(value).flatMap(fieldsOf)];
}

describe('a password', () => {
  it.each(doors)('is as good after ten years as on the first day: $name', async ({ name }) => {
    const person = await addUser();
    const { login } = client(house(), name);
    const first = held(await login(person));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 365 * 86_400_000 });
    const later = held(await login(person));
    expect([first.access, later.access]).not.toContain('');
    expect(later.access).not.toBe(first.access);
  });

  it('has no hint and no question beside it', async () => {
    const { results } = await env.DB.prepare(
      "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%`%'",
    ).all<{ sql: string }>();
    const kept = results.flatMap(({ sql }) =>
      Array.from(sql.matchAll(/`(\w+)`/g), ([, name = '']) => name),
    );
    expect(kept).toContain('password_hash');
    const told = Object.values(documents).flatMap(fieldsOf);
    expect(told).toContain('password');
    for (const field of [...kept, ...told]) {
      expect(field).not.toMatch(/hint|question|answer|maiden|pet/i);
    }
  });

  it.each(doors)(
    'has 15 characters or more where the deployment says so: $name',
    async ({ name, contract }) => {
      const { here, to } = mailbox({ PASSWORD_RULES: { least: 15 } });
      const { post, login } = client(here, name);
      const register = (password: string) => {
        const person = newcomer();
        return { email: person.email, answer: post('register', { ...person, password }) };
      };
      const short = register('fourteen chars');
      expect((await short.answer).status).toBeGreaterThanOrEqual(400);
      expect(to(short.email)).toEqual([]);
      const long = register('fifteen chars !');
      expect((await long.answer).status).toBe(202);
      expect(to(long.email)).toHaveLength(1);

      const person = await addUser({});
      const { access: token } = held(await login(person));
      const change = async (newPassword: string) =>
        (
          await post(
            'change-password',
            { currentPassword: person.password, newPassword },
            { token },
          )
        ).status;
      expect(await change('fourteen chars')).toBeGreaterThanOrEqual(400);
      expect(await change('fifteen chars !')).toBe(contract.done().status);
    },
  );
});

describe('an operator', () => {
  it('can set no password', async () => {
    const admin = documents['../../docs/api/admin.json'];
    expect(fieldsOf(admin)).toContain('role');
    for (const field of fieldsOf(admin)) expect(field).not.toMatch(/password|hash|secret|token/i);
    expect(roleBody.safeParse({ role: null, password: 'chosen by somebody' }).success).toBe(false);

    const person = await addUser();
    const { call } = operator(house());
    const body = { password: 'chosen by somebody', passwordHash: 'x', password_hash: 'x' };
    for (const change of ['activate', 'unlock', 'end-sessions', 'deactivate', 'activate', 'role']) {
      await call(`POST /users/${person.id}/${change}`, { body });
    }
    const { login } = client(house(), 'email-cookie');
    expect((await login({ ...person, password: 'chosen by somebody' })).status).toBe(401);
    expect((await login(person)).status).toBe(200);
  });
});

describe('the migrations', () => {
  it('make no account, role or session', async () => {
    await reset();
    await applyD1Migrations(env.DB, (env as Env & { MIGRATIONS: D1Migration[] }).MIGRATIONS);
    for (const table of ['users', 'roles', 'teams', 'sessions', 'registrations', 'challenges']) {
      const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>();
      expect([table, row?.n]).toEqual([table, 0]);
    }
    for (const { post } of [house()]) {
      for (const { path, body } of doors) {
        for (const name of ['root', 'admin', 'sa', 'johndoe']) {
          const person = { username: name, email: `${name}@example.com`, password: 'MySecure123!' };
          expect((await post(path, body(person))).status).toBe(401);
        }
      }
    }
  });
});
