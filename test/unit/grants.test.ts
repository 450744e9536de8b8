/** A granted login as each contract's document shows it, byte for byte, and the claims it names. */
import { describe, expect, it } from 'vitest';
import type { Contract, Wire } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { emailEnvelope } from '../../src/contracts/email-envelope.ts';
import { emailRemember } from '../../src/contracts/email-remember.ts';
import { usernameCoded } from '../../src/contracts/username-coded.ts';
import { usernamePair } from '../../src/contracts/username-pair.ts';
import type { Granted } from '../../src/flows/model/outcome.ts';
import type { User } from '../../src/flows/model/user.ts';

const DAY_MS = 86_400_000;
const ISSUED_MS = Date.parse('2026-01-22T10:30:00Z');

const user: User = {
  id: 123,
  publicId: '550e8400-e29b-41d4-a716-446655440000',
  username: 'johndoe',
  email: 'user@example.com',
  emailVerified: true,
  name: 'John Doe',
  phone: null,
  avatar: null,
  language: 'en',
  isAdmin: false,
  role: null,
  team: null,
  status: 'active',
  createdAtMs: Date.parse('2024-01-15T10:30:45.123Z'),
  lastLoginAtMs: ISSUED_MS + 456,
};
const brackly: User = {
  ...user,
  publicId: 'user-admin-001',
  name: 'Brackly Murunga',
  email: 'brackly@griot.com',
  avatar: 'https://api.dicebear.com/7.x/avataaars/svg?seed=brackly',
  role: { id: 'role-admin', name: 'Admin' },
  team: { id: 'team-001', name: 'Data Engineering' },
  createdAtMs: Date.parse('2025-06-15T08:00:00Z'),
};

const granted = (whom: User, refreshDays: number | null): Granted => ({
  user: whom,
  issuedAtMs: ISSUED_MS,
  access: { token: 'access', expiresAtMs: ISSUED_MS + DAY_MS },
  refresh:
    refreshDays === null
      ? null
      : { token: 'refresh', expiresAtMs: ISSUED_MS + refreshDays * DAY_MS },
});

describe('a granted login', () => {
  it.each<{ name: string; wire: Wire; body: unknown }>([
    {
      name: 'username-coded',
      wire: usernameCoded.grant(granted(user, 14)),
      body: {
        success: true,
        data: {
          user: {
            id: 123,
            username: 'johndoe',
            email: 'user@example.com',
            createdAt: '2024-01-15T10:30:45.123Z',
          },
          tokens: { accessToken: 'access', refreshToken: 'refresh' },
        },
      },
    },
    {
      name: 'username-pair',
      wire: usernamePair.grant(granted(user, 14)),
      body: {
        success: true,
        user: {
          id: 123,
          username: 'johndoe',
          email: 'user@example.com',
          created_at: '2024-01-15T10:30:45.123Z',
        },
        tokens: { accessToken: 'access', refreshToken: 'refresh' },
      },
    },
    {
      name: 'email-envelope',
      wire: emailEnvelope.grant(granted(user, null)),
      body: {
        success: true,
        data: {
          user: {
            id: 123,
            name: 'John Doe',
            email: 'user@example.com',
            phone: null,
            avatar: null,
            language_preference: 'en',
            is_admin: false,
          },
          token: 'access',
          token_type: 'Bearer',
        },
      },
    },
    {
      name: 'email-remember',
      wire: emailRemember.grant(granted(brackly, null)),
      body: {
        user: {
          id: 'user-admin-001',
          name: 'Brackly Murunga',
          email: 'brackly@griot.com',
          avatar: 'https://api.dicebear.com/7.x/avataaars/svg?seed=brackly',
          role: { id: 'role-admin', name: 'Admin' },
          team: { id: 'team-001', name: 'Data Engineering' },
          status: 'active',
          lastLoginAt: '2026-01-22T10:30:00Z',
          createdAt: '2025-06-15T08:00:00Z',
        },
        token: 'access',
        expiresAt: '2026-01-23T10:30:00Z',
      },
    },
    {
      name: 'email-cookie',
      wire: emailCookie.grant(granted(user, 7)),
      body: {
        user: {
          id: '550e8400-e29b-41d4-a716-446655440000',
          email: 'user@example.com',
          createdAt: '2024-01-15T10:30:45.123Z',
        },
        token: 'access',
        expiresIn: 86_400,
      },
    },
  ])('of $name is as its document shows it', ({ wire, body }) => {
    expect(wire.status).toBe(200);
    expect(JSON.stringify(wire.body)).toBe(JSON.stringify(body));
  });

  it('of email-cookie carries the refresh token in the documented cookie alone', () => {
    const { headers, body } = emailCookie.grant(granted(user, 7));
    expect(headers).toEqual({
      'Set-Cookie': 'refreshToken=refresh; HttpOnly; Secure; SameSite=Strict; Max-Age=604800',
    });
    expect(JSON.stringify(body)).not.toContain('refresh');
  });

  it.each<{ name: string; contract: Contract; access: object; refresh: object }>([
    {
      name: 'username-coded',
      contract: usernameCoded,
      access: { userId: 123, username: 'johndoe' },
      refresh: { userId: 123 },
    },
    {
      name: 'username-pair',
      contract: usernamePair,
      access: { userId: 123, username: 'johndoe' },
      refresh: { userId: 123 },
    },
    {
      name: 'email-cookie',
      contract: emailCookie,
      access: { userId: '550e8400-e29b-41d4-a716-446655440000', email: 'user@example.com' },
      refresh: {},
    },
    { name: 'email-envelope', contract: emailEnvelope, access: {}, refresh: {} },
    { name: 'email-remember', contract: emailRemember, access: {}, refresh: {} },
  ])('of $name has the claims its document names', ({ contract, access, refresh }) => {
    expect(contract.claims(user)).toEqual({ access, refresh });
  });
});
