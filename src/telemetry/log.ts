/**
 * Structured log: one JSON line per event, without secrets and without full identifiers.
 *
 * Error messages are not logged, since they may quote bound parameters, header values or bodies.
 * Logged are the error's class, the platform's flags, and the message only if it matches one of a
 * few known messages that quote nothing.
 */
import type { Operation } from '../flows/operations.ts';
import { maskIdentifier, type Identifier } from '../policy/identifier.ts';

interface OperationLine {
  operation: Operation;
  contract: string;
  /** `granted`, or the reason of the refusal. */
  outcome: string;
  /** Null if the request names no user, or was rejected before its input was valid. */
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
    identifier: identifier === null ? null : maskIdentifier(identifier),
    address: line.address,
    trace_id: line.traceId,
    duration_ms: line.durationMs,
  });
}

/**
 * Logs a request to the admin API. `route`: the pattern of the path, without the user it
 * names; `/admin/*` for an unknown path or method.
 */
export function logOperator(line: {
  route: string;
  /** Null: the request names none, or a stranger. */
  operator: string | null;
  status: number;
  address: string;
  traceId: string;
  durationMs: number;
}): void {
  write({
    event: 'operator',
    route: line.route,
    operator: line.operator,
    status: line.status,
    address: line.address,
    trace_id: line.traceId,
    duration_ms: line.durationMs,
  });
}

/** Logs the rows deleted by a cleanup run, by table. `finished`: nothing is left for the next run. */
export function logCleanup(run: {
  removed: Readonly<Record<string, number>>;
  finished: boolean;
  durationMs: number;
}): void {
  write({
    event: 'cleanup',
    removed: run.removed,
    finished: run.finished,
    duration_ms: run.durationMs,
  });
}

/** Logs that the deployment's e-mail limit is reached: requests are answered, but no e-mail is sent. */
export function logEmailLimit(): void {
  write({ event: 'email-limit-reached', setting: 'EMAIL_LIMITS.perHour' });
}

/** Logs an unexpected error. `during`: the failed operation; `traceId`: null outside a request. */
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

/** Logs a sent e-mail in local development, without its address and text. */
export function logMail(template: string): void {
  write({ event: 'mail', template, see: '/dev/mail' });
}

/**
 * Logs, in local development, why a browser will keep something from a page. Plain text, not a line of
 * JSON: its values are there to be copied.
 */
export function logHint(hint: string): void {
  console.log(`Hint: ${hint}`);
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
  /the health probe timed out/,
  /the asset [\w/.-]+ is missing/,
  /(?:Resend|Have I Been Pwned) answered \d{3}/,
  /the send_email binding answered (?:E_[A-Z_]+|an error)/,
  /there is no send_email binding named EMAIL/,
  /FACTOR_KEYS (?:is empty|lacks the key "[\w.-]*" of the secret of factor [\w-]+)/,
  /The key "[\w.-]+" of FACTOR_KEYS does not open the secret of factor [\w-]+/,
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
 * Extracts function names and positions from a stack. The stack begins with the message, which could
 * contain lines that look like frames: it is cut off; if it cannot be found, no frame is logged.
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
