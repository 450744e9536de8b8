/**
 * The log: one JSON line an event, through which no secret and no full identifier can pass.
 *
 * Error messages are never written. They quote what they choke on: bound parameters, header
 * values, bodies. What is written is the error's class, the platform's flags, and a message only
 * where it matches one of a few known ones that quote nothing.
 */
import { masked, type Identifier } from '../policy/identifier.ts';

export type Operation =
  | 'login'
  | 'refresh'
  | 'logout'
  | 'logout-all'
  | 'profile'
  | 'list-sessions'
  | 'end-session'
  | 'register'
  | 'send-code'
  | 'verify-email'
  | 'forgot-password'
  | 'reset-password'
  | 'change-password'
  | 'change-email'
  | 'confirm-email'
  | 'delete-account';

export interface OperationLine {
  operation: Operation;
  contract: string;
  /** `granted`, or the refusal's precise reason. */
  outcome: string;
  /** Null where none was read. */
  identifier: Identifier | null;
  address: string;
  traceId: string;
  durationMs: number;
}

export function logOperation({
  operation,
  contract,
  outcome,
  identifier,
  ...line
}: OperationLine): void {
  write({
    event: operation,
    contract,
    outcome,
    identifier: identifier === null ? null : masked(identifier),
    address: line.address,
    trace_id: line.traceId,
    duration_ms: line.durationMs,
  });
}

/** What an operator asked for; `route` is the path's pattern, and whom it names is not kept. */
export function logOperator(line: {
  route: string;
  status: number;
  address: string;
  traceId: string;
  durationMs: number;
}): void {
  write({
    event: 'operator',
    route: line.route,
    status: line.status,
    address: line.address,
    trace_id: line.traceId,
    duration_ms: line.durationMs,
  });
}

/** Rows that a run of the housekeeping deleted, by table; `finished`: nothing was left for the next. */
export function logCleanup(run: {
  removed: Readonly<Record<string, number>>;
  finished: boolean;
  durationMs: number;
}): void {
  write({
    event: 'housekeeping',
    removed: run.removed,
    finished: run.finished,
    duration_ms: run.durationMs,
  });
}

/** The limit in total is reached: requests are answered as always, and their e-mail is not sent. */
export function logEmailLimit(): void {
  write({ event: 'email-limit-reached', setting: 'EMAIL_LIMITS.perHour' });
}

/** `during` says what failed; `traceId` is null outside a request. */
export function logFailure(error: unknown, during: string, traceId: string | null): void {
  const { retryable, overloaded, remote } = Object(error) as Record<string, unknown>;
  write({
    event: 'failure',
    during,
    error: error instanceof Error ? safeName(error.name) : typeof error,
    known: knownCause(error),
    retryable: retryable === true,
    overloaded: overloaded === true,
    remote: remote === true,
    trace: framesOf(error),
    trace_id: traceId,
  });
}

/** Local development only. Neither the address nor the letter's words. */
export function logMail(template: string): void {
  write({ event: 'mail', template, see: '/dev/mail' });
}

const KNOWN_CAUSES = [
  /Network connection lost/,
  /storage caused object to be reset/,
  /reset because its code was updated/,
  /D1 DB is overloaded/,
  /Durable Object is overloaded/,
  /no such table: \w+/,
  /no such column: \w+/,
  /(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: [\w.]+)?/,
  /iteration counts above 100000 are not supported/,
  /the account changed twice during one login/,
  /(?:Resend|Have I Been Pwned) answered \d{3}/,
  /the send_email binding answered (?:E_[A-Z_]+|an error)/,
  /there is no send_email binding named EMAIL/,
];

function knownCause(error: unknown): string | null {
  const message = error instanceof Error ? error.message : '';
  for (const known of KNOWN_CAUSES) {
    const match = known.exec(message);
    if (match) return match[0];
  }
  return null;
}

/**
 * Function names and positions. A stack begins with the message, which could hold lines that look
 * like frames: it is cut off, and where it cannot be found nothing of the stack is kept.
 */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const { message, stack } = error;
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split('\n')
    .map((line) => /^\s+at (?:([\w.$<> ]+) )?\(?.*?([\w.-]+:\d+:\d+)\)?$/.exec(line))
    .filter((frame) => frame !== null)
    .slice(0, 8)
    .map(([, name = '', position = '']) => `${name} ${position}`.trim());
}

function safeName(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : 'Error';
}

function write(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}
