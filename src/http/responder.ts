/**
 * Answers with the outcome of a use case, in the contract's shape. Every operation is counted and logged
 * here, once (a form that the sign-in page rejects unread: app.ts); a granted read is only counted, since it changes nothing and happens with every page. The
 * log lines of one address are bounded: by its rate limit if the operation counts as an attempt, else
 * by LINES_A_MINUTE.
 */
import type { AnyRoute, Contract } from '../contracts/contract.ts';
import type { WireContext } from '../contracts/wire.ts';
import { FORM } from '../contracts/routes.ts';
import type { OperationRow } from '../flows/operation.ts';
import { OPERATIONS, type Operation } from '../flows/operations.ts';
import type { Outcome, Refusal } from '../flows/model/outcome.ts';
import { checkAddressLimit } from '../flows/rate-limits.ts';
import type { Identifier } from '../policy/identifier.ts';
import { logFailure, logOperation } from '../telemetry/log.ts';
import { issuesOf, type BodyProblem } from './body.ts';
import { inLoginFolder, render } from './contract-operations.ts';
import { grantedCookie } from './cookies.ts';
import { requestSite } from './origin.ts';
import type { ContractContext } from './request-context.ts';
import { refusalResponse, wireResponse } from './responses.ts';

/** For requests that no limit of the address bounds. */
export const LINES_A_MINUTE = 120;

export type Responder = ReturnType<typeof createResponder>;

interface Run {
  route: AnyRoute;
  /** The access token of the request. */
  token: string | null;
  input: object;
  work: Promise<Outcome<unknown>>;
}

interface Report {
  /** Null: granted. */
  refusal: Refusal | null;
  /** Null: none was read. */
  identifier: Identifier | null;
  /** Null: no use case was run. */
  durationMs: number | null;
}

export function createResponder(contract: Contract, allowedOrigins: readonly string[]) {
  /**
   * Renders a refusal without counting or logging it: for what belongs to no operation (unknown path,
   * wrong method, plain http), and for those below.
   */
  const refuse = (c: ContractContext, refusal: Refusal): Response => {
    const { services, meta } = c.env;
    const { traceId } = meta;
    const operation = c.get('operation');
    const context = { nowMs: services.nowMs(), traceId, operation, headers: headersOf(c) };
    return refusalResponse(contract, refusal, context);
  };

  const report = (c: ContractContext, { refusal, identifier, durationMs }: Report): void => {
    const { metrics, meta } = c.env;
    const operation = operationOf(c);
    const what = { operation, contract: contract.name };
    const reason = refusal === null ? null : preciseReason(refusal);
    metrics.recordOperation({ ...what, durationMs, reason });
    if (!isLogged(c, refusal)) return;
    logOperation({
      ...what,
      durationMs: durationMs ?? 0,
      outcome: refusal?.reason ?? 'granted',
      identifier,
      address: meta.address,
      traceId: meta.traceId,
    });
  };

  /** Refuses an operation before its use case runs. */
  const reject = (c: ContractContext, refusal: Refusal): Response => {
    report(c, { refusal, identifier: null, durationMs: null });
    return refuse(c, refusal);
  };

  /** The headers that the contract asks for. */
  const headersOf = (c: ContractContext): WireContext['headers'] =>
    Object.fromEntries(contract.requestHeaders.map((name) => [name, c.req.header(name) ?? '']));

  /** Refuses what cannot be read; counts it against the address if the operation is an attempt. */
  const rejectCounted = async (c: ContractContext, refusal: Refusal): Promise<Response> => {
    const { services, meta } = c.env;
    const limit = c.get('limit');
    const limited = limit === undefined ? null : await checkAddressLimit(services, limit, meta);
    return reject(c, limited ?? refusal);
  };

  return {
    contract,
    siteOf: (c: ContractContext) => requestSite(c.req.raw.headers, c.req.url, allowedOrigins),
    refuse,
    reject,

    rejectCounted,
    malformed: (c: ContractContext, problem: BodyProblem) =>
      rejectCounted(c, { reason: 'malformed', issues: issuesOf(problem) }),

    /** Answers with the outcome of a use case that has been started. */
    async run(c: ContractContext, { route, token, input, work }: Run): Promise<Response> {
      const { services, meta } = c.env;
      const operation = operationOf(c);
      const startedMs = services.nowMs();
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.waitUntil(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, operation, meta.traceId);
        return { ok: false, refusal: { reason: 'internal' } };
      });
      const durationMs = services.nowMs() - startedMs;
      const refusal = outcome.ok ? null : outcome.refusal;
      report(c, { refusal, identifier: identifierIn(input), durationMs });
      if (refusal !== null && !isIgnored(route, refusal)) return refuse(c, refusal);
      const value = outcome.ok ? outcome.value : null;
      const wire = render(route, value, { headers: headersOf(c), token });
      const place = { contract, route, url: c.req.url, params: c.req.param() };
      const response = wireResponse(inLoginFolder(wire, place));
      const cookie = grantedCookie(operation, value);
      if (cookie !== null && route.accepts !== FORM) response.headers.append('Set-Cookie', cookie);
      return response;
    },
  };
}

const isIgnored = ({ ignoredRefusals }: AnyRoute, { reason }: Refusal): boolean =>
  ignoredRefusals?.includes(reason) ?? false;

function operationOf(c: ContractContext): Operation {
  const operation = c.get('operation');
  if (operation === undefined) throw new Error('the route sets no operation');
  return operation;
}

/** The user that a request names in its body, for the log, which masks it. */
function identifierIn(input: { identifier?: Identifier; email?: string }): Identifier | null {
  const { identifier, email } = input;
  return identifier ?? (email === undefined ? null : { kind: 'email', value: email });
}

/** `refusal`: null if the operation was granted. */
function isLogged(c: ContractContext, refusal: Refusal | null): boolean {
  const { lineLimit, meta } = c.env;
  if (refusal?.reason === 'limited') return lineLimit.admits(`limited ${meta.address}`, 0);
  if (c.get('limit') !== undefined) return true;
  if (refusal !== null) return lineLimit.admits(`refused ${meta.address}`, LINES_A_MINUTE);
  const { isReadOnly }: OperationRow = OPERATIONS[operationOf(c)];
  return !isReadOnly && lineLimit.admits(`granted ${meta.address}`, LINES_A_MINUTE);
}

/** Operators may know what a client must not, such as that a name does not exist. */
function preciseReason(refusal: Refusal): string {
  return 'because' in refusal ? refusal.because : refusal.reason;
}
