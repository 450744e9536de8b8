/** The schemas of what the admin API shows, for its document. */
import * as z from 'zod';

const time = z.iso.datetime();
const named = z.strictObject({ id: z.string(), name: z.string() }).nullable();

export const user = z
  .strictObject({
    id: z.int(),
    publicId: z.string(),
    username: z.string().nullable(),
    email: z.string().nullable(),
    emailVerified: z.boolean(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    avatar: z.string().nullable(),
    bio: z.string().nullable(),
    language: z.string(),
    isAdmin: z.boolean(),
    role: named,
    team: named,
    status: z.enum(['active', 'inactive']),
    secondFactor: z.boolean().meta({ description: 'Has a confirmed second factor' }),
    passkeys: z.int().meta({ description: 'The number of passkeys' }),
    createdAt: time,
    lastLoginAt: time.nullable(),
  })
  .meta({ id: 'User' });

export const guard = z
  .strictObject({
    failures: z.int().meta({ description: 'Since the last success or lock' }),
    failuresInARow: z.int().meta({ description: 'Since the last success' }),
    locksInARow: z.int().meta({ description: 'Since the last success' }),
    lockedUntil: time.nullable(),
    stopped: z.boolean().meta({ description: 'Locked until a password reset or an unlock' }),
    ticketsOut: z
      .int()
      .meta({ description: 'Attempts in progress, and logins that wait for their second factor' }),
  })
  .meta({
    id: 'Guard',
    description:
      'The lockout of both names and of the password checks in sessions: counts are added up, and the most severe lock is shown. Known devices are not included',
  });

export const next = z
  .int()
  .nullable()
  .meta({ description: 'The cursor of the next page; null: the last' });

export const changed = z
  .strictObject({
    user,
    changed: z
      .boolean()
      .meta({ description: 'False: nothing had to change, and nothing is audited' }),
    sessionsEnded: z.int(),
  })
  .meta({ id: 'Changed' });

export const event = z
  .strictObject({
    id: z.int(),
    at: time,
    action: z.string().meta({
      description:
        '`ACCOUNT_LOCKED` once for each lock; its reason is `locked`, or `stopped` for the final stop',
    }),
    reason: z.string(),
    userId: z.int().nullable(),
    subject: z.string().meta({ description: 'A pseudonym of the account, or of an unknown name' }),
    sessionId: z.string().nullable(),
    contract: z.string().meta({ description: '`admin` for changes by an operator' }),
    address: z.string(),
    device: z.string().nullable().meta({ description: 'Browser and system' }),
    traceId: z.string(),
    operator: z.string().nullable().meta({
      description:
        'The operator who did it: the public id of an account, or `token:` and the id of a token',
    }),
  })
  .meta({ id: 'AuditEvent' });

const bounded = z
  .strictObject({ count: z.int(), isComplete: z.boolean() })
  .meta({ id: 'BoundedCount', description: 'At most ten thousand; not complete: there are more' });

export const overview = z
  .strictObject({
    operator: z
      .strictObject({
        name: z.string().meta({ description: 'As the audit has it' }),
        scope: z.enum(['read', 'write']),
        email: z.string().nullable().meta({ description: 'Null: a token, or an account without' }),
      })
      .meta({ description: 'The bearer of the token' }),
    users: bounded,
    inactiveUsers: bounded,
    liveSessions: bounded,
    events: z.strictObject({
      since: time,
      byAction: z.record(z.string(), z.int()),
      isComplete: z.boolean().meta({
        description: 'False: there were more than the newest ten thousand, which were counted',
      }),
    }),
    metrics: z.record(z.string(), z.number()).nullable().meta({
      description: 'The counters of `/metrics` over all labels; null: they could not be read',
    }),
  })
  .meta({ id: 'Overview' });

export const session = z
  .strictObject({
    id: z.string(),
    contract: z.string(),
    name: z.string().nullable().meta({ description: 'As its owner has named it' }),
    address: z.string(),
    device: z.string(),
    startedAt: time,
    lastUsedAt: time,
  })
  .meta({ id: 'Session' });
