/**
 * What the flows need of the world, as types only. The rooms store, guard, crypto and observe
 * implement them, app.ts wires them, and tests break them one call at a time.
 */
import type {
  Challenges,
  AccountChanges,
  EmailLimits,
  Mailer,
  PasswordRules,
  RegistrationHandles,
  Registrations,
  Secrets,
} from './account-services.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { Expiries, Lifetimes } from '../policy/lifetimes.ts';
import type { LockBegan, LockoutRules, LockoutView, Standing, Verdict } from '../policy/lockout.ts';
import type { Admission, Limit } from '../policy/throttle.ts';

/** A user as contracts may show it. */
export interface User {
  id: number;
  publicId: string;
  username: string | null;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  phone: string | null;
  avatar: string | null;
  language: string;
  isAdmin: boolean;
  role: { id: string; name: string } | null;
  team: { id: string; name: string } | null;
  status: 'active' | 'inactive';
  createdAtMs: number;
  lastLoginAtMs: number | null;
}

/** A user with what a login verifies. Never leaves the flows. */
export interface Account {
  user: User;
  /** Null: this user has no password. */
  passwordHash: string | null;
  /** Changes whenever the password does; what is granted is fenced on it. */
  credentialVersion: number;
  /** Only ever goes up, whenever the account's device cookies are revoked. */
  deviceVersion: number;
}

/** What a contract fixes about a login. */
export interface LoginRules {
  contract: string;
  lifetimes: Lifetimes;
  limit: Limit;
  lockout: LockoutRules;
  requiresVerifiedEmail: boolean;
  claims(user: User): { access: Record<string, unknown>; refresh: Record<string, unknown> };
}

/** The request as the flows see it. */
export interface RequestMeta {
  traceId: string;
  address: string;
  userAgent: string | null;
  /** The device cookie as it was sent: anybody may have written it. */
  device: string | null;
  /** The registration cookie as it was sent: anybody may have written it. */
  registration: string | null;
}

/** A contract's reading of a login's body. */
export interface LoginAttempt {
  identifier: Identifier;
  password: string;
  remember: boolean;
}

export interface Users {
  /** `nearest` may be a replica and behind; `fromPrimary` says whether it was. */
  find(
    identifier: Identifier,
    from: 'nearest' | 'primary',
  ): Promise<{ account: Account | null; fromPrimary: boolean }>;
}

/** The one batch that a login writes. */
export interface NewSession {
  account: Account;
  sessionId: string;
  contract: string;
  meta: RequestMeta;
  accountKey: string;
  expiries: Expiries;
  nowMs: number;
  requiresVerifiedEmail: boolean;
  /** SHA-256 of the refresh token's id. */
  refreshHash: string | null;
  /** Replaces the stored hash; null leaves it. */
  renewedHash: string | null;
}

/** A session that has neither ended nor expired, of a user who may still use it. */
export interface LiveSession {
  id: string;
  contract: string;
  user: User;
  /** The same user, with what a password is verified against. */
  account: Account;
  createdAtMs: number;
  /** Of its refresh token: 0 after login, one more with every rotation. */
  generation: number;
  refreshedAtMs: number;
}

/** A session as its owner may list it. */
export interface ListedSession {
  id: string;
  contract: string;
  startedAtMs: number;
  lastUsedAtMs: number;
  address: string;
  userAgent: string | null;
}

export interface Rotation {
  sessionId: string;
  contract: string;
  presentedHash: string;
  successorHash: string;
  nowMs: number;
  idleMs: number;
  absoluteMs: number;
}

/** Who ends sessions, and why: what the audit keeps of it. */
export interface SessionEnd {
  action:
    | 'LOGOUT'
    | 'LOGOUT_ALL'
    | 'SESSION_ENDED'
    | 'REFRESH_REUSED'
    /** Its tokens came too late to be handed out. */
    | 'LOGIN_UNANSWERED';
  contract: string;
  meta: RequestMeta;
  accountKey: string;
  nowMs: number;
}

/** All of these read and write the primary. */
export interface Sessions {
  /** False: the account is no longer what was verified, and nothing was written. */
  open(newSession: NewSession): Promise<boolean>;
  live(sessionId: string, nowMs: number): Promise<LiveSession | null>;
  /**
   * Swaps the hash if the presented one is current, and answers the session as it stands after
   * that, whoever swapped it. Null: there is no such live session.
   */
  rotate(rotation: Rotation): Promise<LiveSession | null>;
  list(userId: number, nowMs: number): Promise<ListedSession[]>;
  /** False: there was no such session of this user, and nothing was written. */
  end(session: { id: string; userId: number }, sessionEnd: SessionEnd): Promise<boolean>;
  endAll(userId: number, sessionEnd: SessionEnd): Promise<void>;
}

export type AuditAction =
  | 'LOGIN'
  | 'LOGIN_FAILED'
  | 'LOGOUT'
  | 'LOGOUT_ALL'
  | 'SESSION_ENDED'
  | 'REFRESH_REUSED'
  | 'PASSWORD_CHECK_FAILED'
  | 'CODE_CHECK_FAILED'
  /** One a lock, not one a refused attempt; the reason is `locked`, or `stopped` for the final stop. */
  | 'ACCOUNT_LOCKED'
  | 'ADMIN_UNLOCKED';

export interface AuditEvent {
  action: AuditAction;
  atMs: number;
  userId: number | null;
  /** A pseudonym of the account, or of a name that nobody has; no identifier is kept. */
  accountKey: string;
  contract: string;
  meta: RequestMeta;
  reason: string;
}

export interface Audit {
  record(event: AuditEvent): Promise<void>;
}

/** A ticket's standing; `waitedMs` is how long the guard kept the caller waiting for it. */
export type Turn =
  | Exclude<Standing, { state: 'ticket' }>
  | { state: 'ticket'; waitedMs: number }
  | { state: 'busy' };

/** Not null in one answer for each lock: whoever gets that one writes it to the audit. */
export interface LockReport {
  lockBegan: LockBegan | null;
}

export type Reservation = Turn & LockReport;

export interface Settlement extends LockReport {
  /** False: the ticket had expired, and its verdict must not be told. */
  settled: boolean;
}

/**
 * What failures are counted for: a name as it was given, whether anybody has it or not, the
 * password checks of a user's sessions, or a registration's handle by its id. Known devices have
 * keys of their own (`Devices`).
 */
export type LockoutScope =
  | Identifier
  | { kind: 'sessions'; userId: number }
  | { kind: 'registration'; value: string };

export interface RememberedRefusal {
  untilMs: number;
}

/** `key` is a lockout key (`Services.lockoutKey`); no identifier stands in an object's name. */
export interface Limits {
  /** What this isolate knows of the address being refused; asks nobody. */
  rememberedRefusal(address: string, limit: Limit): RememberedRefusal | null;
  consumeAddress(address: string, limit: Limit): Promise<Admission>;
  /** The same for anything else that is rationed: what `name` stands for, in words of its own. */
  consume(name: string, limit: Limit): Promise<Admission>;
  reserve(key: string, ticket: string, rules: LockoutRules): Promise<Reservation>;
  /** For the holder of a `queued` reservation. Answers `ticket`, `locked` or `busy`. */
  wait(key: string, ticket: string, rules: LockoutRules): Promise<Reservation>;
  settle(
    key: string,
    settling: { ticket: string; verdict: Verdict; rules: LockoutRules },
  ): Promise<Settlement>;
  /** The standing at this moment; asking changes nothing. */
  view(key: string, rules: LockoutRules): Promise<LockoutView>;
  /** Forgets failures and lock: the owner has proven who they are by other means. */
  clear(key: string, rules: LockoutRules): Promise<void>;
}

export interface Passwords {
  /**
   * Takes the same time whatever `stored` is, null and garbage included. Lets the event loop turn
   * before every slice, and gives up (`stopped`) as soon as `stop` says so.
   */
  verify(guess: {
    password: string;
    stored: string | null;
    stop(): boolean;
  }): Promise<'right' | 'wrong' | 'stopped'>;
  hash(password: string): Promise<string>;
  /** Made with less than today's parameters, or another pepper. */
  isOutdated(stored: string): boolean;
}

export interface Tokens {
  signAccess(claims: TokenClaims): Promise<string>;
  signRefresh(claims: TokenClaims & { generation: number }): Promise<string>;
  /** Null: not a token of this kind that is good now. `expiredToo` takes it however old it is. */
  verify(
    kind: 'access' | 'refresh',
    token: string,
    expiredToo?: 'expiredToo',
  ): Promise<VerifiedClaims | null>;
  /** The id of a session's refresh token, and what the database keeps of it. */
  refreshId(sessionId: string, generation: number): Promise<{ jti: string; hash: string }>;
}

/** What a browser is given when somebody has signed in on it: attempts of its own, and no more. */
export interface Devices {
  /** The device's own lockout key; null: the attempt counts for the name, as strangers' do. */
  lockoutKeyFor(cookie: string | null, account: Account | null): Promise<string | null>;
  /** A new cookie for who has just proven the password; null: this deployment gives none. */
  issue(owner: { userId: number; deviceVersion: number }): Promise<string | null>;
}

export interface TokenClaims {
  jti: string;
  sub: string;
  sessionId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  extra: Record<string, unknown>;
}

export interface VerifiedClaims {
  jti: string;
  sessionId: string;
  /** Null in an access token. */
  generation: number | null;
}

export interface Services {
  nowMs(): number;
  /** Lets the event loop turn once, so that calls which were started are really sent. */
  yieldToEventLoop(): Promise<void>;
  /** Waits for a random time, uniform up to the EMAIL_DELAY_MS setting, from the CSPRNG. */
  randomDelay(): Promise<void>;
  /** Work that the answer does not wait for. */
  waitUntil(work: Promise<unknown>): void;
  uuid(): string;
  /** The pseudonym of an account, or of one that there is not: keyed, so that it cannot be guessed back. */
  accountKey(who: { userId: number } | Identifier): Promise<string>;
  /** The name of the guard's object that counts failures: keyed, like the pseudonym. */
  lockoutKey(scope: LockoutScope): Promise<string>;
  users: Users;
  sessions: Sessions;
  audit: Audit;
  limits: Limits;
  passwords: Passwords;
  passwordRules: PasswordRules;
  tokens: Tokens;
  devices: Devices;
  secrets: Secrets;
  registrations: Registrations;
  registrationHandles: RegistrationHandles;
  challenges: Challenges;
  accountChanges: AccountChanges;
  mailer: Mailer;
  emailLimits: EmailLimits;
}
