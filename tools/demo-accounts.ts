/** The demo accounts: made by `npm start` in the local database only, and used by the tests. */
import { normalised } from '../src/policy/identifier.ts';

export interface DemoAccount {
  id?: number;
  publicId?: string;
  username?: string;
  email: string;
  password: string;
  name?: string;
  avatar?: string;
  role?: { id: string; name: string };
  team?: { id: string; name: string };
  createdAt: string;
  status?: 'active' | 'inactive';
  emailVerified?: boolean;
}

const CREATED_AT = '2025-10-30T09:00:00.000Z';

export const demoAccounts: readonly DemoAccount[] = [
  {
    id: 123,
    username: 'johndoe',
    email: 'john@example.com',
    password: 'MySecure123!',
    name: 'John Doe',
    createdAt: '2024-01-15T10:30:00.000Z',
  },
  {
    publicId: '550e8400-e29b-41d4-a716-446655440000',
    email: 'user@example.com',
    password: 'SecurePass123!',
    name: 'John Doe',
    createdAt: '2024-01-15T10:30:45.123Z',
  },
  {
    publicId: 'user-admin-001',
    email: 'brackly@griot.com',
    password: 'melly',
    name: 'Brackly Murunga',
    avatar: 'https://api.dicebear.com/7.x/avataaars/svg?seed=brackly',
    role: { id: 'role-admin', name: 'Admin' },
    team: { id: 'team-001', name: 'Data Engineering' },
    createdAt: '2025-06-15T08:00:00.000Z',
  },
  { email: 'a@example.com', password: '12345678', createdAt: CREATED_AT },
  {
    email: 'inactive@example.com',
    password: 'Inactive123!',
    status: 'inactive',
    createdAt: CREATED_AT,
  },
  {
    email: 'unverified@example.com',
    password: 'Unverified123!',
    emailVerified: false,
    createdAt: CREATED_AT,
  },
];

/** SQL that adds the accounts which are not there yet, and changes none that is. */
export async function demoSql(
  hash: (password: string) => Promise<string>,
  accounts: readonly DemoAccount[] = demoAccounts,
): Promise<string[]> {
  const statements = [];
  for (const account of accounts) {
    for (const [table, entry] of [
      ['roles', account.role],
      ['teams', account.team],
    ] as const) {
      if (entry) statements.push(insert(table, entry));
    }
    statements.push(
      insert('users', {
        ...(account.id === undefined ? {} : { id: account.id }),
        public_id: account.publicId ?? crypto.randomUUID(),
        username: account.username ?? null,
        username_key: account.username === undefined ? null : keyOf(account.username),
        email: account.email,
        email_verified: account.emailVerified === false ? 0 : 1,
        name: account.name ?? null,
        avatar: account.avatar ?? null,
        role_id: account.role?.id ?? null,
        team_id: account.team?.id ?? null,
        status: account.status ?? 'active',
        password_hash: await hash(account.password),
        created_at_ms: Date.parse(account.createdAt),
      }),
    );
  }
  return statements;
}

const keyOf = (username: string) => normalised({ kind: 'username', value: username }).value;

function insert(table: string, row: Record<string, string | number | null>): string {
  const values = Object.values(row).map((value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value),
  );
  const columns = Object.keys(row).join(', ');
  return `INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${values.join(', ')});`;
}
