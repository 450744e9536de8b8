/**
 * A contract's front desk: runs a flow for a request and answers in the contract's shape, whatever
 * comes of it. Every operation is counted here, once, and logged; a look that was allowed is only
 * counted, since it changes nothing and happens with every page. The lines of one address are
 * bounded: by the address's limit where the operation counts against it, else by LINES_A_MINUTE.
 */
import type { Contract, Wire } from '../contracts/contract.ts';
import { checkAddressLimit } from '../flows/rate-limits.ts';
import type { Outcome, Refusal } from '../flows/model/outcome.ts';
import { logFailure, logOperation, type Operation } from '../telemetry/log.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { ContractContext } from './request-context.ts';
import type { Issues } from './body.ts';
import { requestSite, type RequestSite } from './origin.ts';
import { refusalResponse, wireResponse } from './responses.ts';

const READ_ONLY_OPERATIONS: ReadonlySet<Operation> = new Set<Operation>([
  'profile',
  'list-sessions',
]);

/** For requests that no limit of the address bounds. */
export const LINES_A_MINUTE = 120;

export interface Responder {
  contract: Contract;
  siteOf(at: ContractContext): RequestSite;
  refuse(at: ContractContext, refusal: Refusal): Response;
  /** Where the operation counts as an attempt of the address, a body at fault is one, too. */
  malformed(at: ContractContext, issues: Issues): Promise<Response>;
  /** Refuses before there is anything to run. */
  reject(at: ContractContext, refusal: Refusal, operation: Operation): Response;
  run<T>(at: ContractContext, run: Run<T>): Promise<Response>;
}

export interface Run<T> {
  operation: Operation;
  identifier?: Identifier;
  work: Promise<Outcome<T>>;
  answer(value: T): Wire;
  /** Cookies that go with the answer besides the contract's own. */
  cookies?(value: T): readonly string[];
}

interface Done {
  operation: Operation;
  /** Null: granted. */
  refusal: Refusal | null;
  /** Null where none was read. */
  identifier: Identifier | null;
  /** Null: nothing was run. */
  durationMs: number | null;
}

export function createResponder(contract: Contract, allowedOrigins: readonly string[]): Responder {
  const refuse: Responder['refuse'] = (at, refusal) => {
    const { services, meta } = at.env;
    const context = {
      nowMs: services.nowMs(),
      traceId: meta.traceId,
      operation: at.get('operation'),
    };
    return refusalResponse(contract, refusal, context);
  };

  const report = (at: ContractContext, { refusal, identifier, ...done }: Done): void => {
    const { metrics, meta } = at.env;
    const what = { ...done, contract: contract.name };
    metrics.recordOperation({ ...what, reason: refusal === null ? null : preciseReason(refusal) });
    if (!isWorthALine(at, done.operation, refusal)) return;
    logOperation({
      ...what,
      durationMs: done.durationMs ?? 0,
      outcome: refusal?.reason ?? 'granted',
      identifier,
      address: meta.address,
      traceId: meta.traceId,
    });
  };

  const reject: Responder['reject'] = (at, refusal, operation) => {
    report(at, { operation, refusal, identifier: null, durationMs: null });
    return refuse(at, refusal);
  };

  return {
    contract,
    siteOf: (at) => requestSite(at.req.raw.headers, at.req.url, allowedOrigins),
    refuse,
    reject,

    async malformed(at, issues) {
      const { services, meta } = at.env;
      const limit = at.get('limit');
      const limited = limit === undefined ? null : await checkAddressLimit(services, limit, meta);
      const refusal = limited ?? { reason: 'malformed' as const, issues };
      return reject(at, refusal, at.get('operation') ?? 'login');
    },

    async run(at, { operation, identifier = null, work, answer, cookies }) {
      const { services, meta } = at.env;
      const startedMs = services.nowMs();
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.waitUntil(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, operation, meta.traceId);
        return { ok: false, refusal: { reason: 'internal' } };
      });
      const durationMs = services.nowMs() - startedMs;
      const refusal = outcome.ok ? null : outcome.refusal;
      report(at, { operation, refusal, identifier, durationMs });
      if (!outcome.ok) return refuse(at, outcome.refusal);
      const response = wireResponse(answer(outcome.value));
      for (const cookie of cookies?.(outcome.value) ?? []) {
        response.headers.append('Set-Cookie', cookie);
      }
      return response;
    },
  };
}

/** `refusal`: null where it was granted. */
function isWorthALine(at: ContractContext, operation: Operation, refusal: Refusal | null): boolean {
  const { lineLimit, meta } = at.env;
  if (refusal?.reason === 'limited') return lineLimit.admits(`limited ${meta.address}`, 0);
  if (at.get('limit') !== undefined) return true;
  if (refusal !== null) return lineLimit.admits(`refused ${meta.address}`, LINES_A_MINUTE);
  return (
    !READ_ONLY_OPERATIONS.has(operation) &&
    lineLimit.admits(`granted ${meta.address}`, LINES_A_MINUTE)
  );
}

/** Operators may know what a client must not: that guesses are at names that there are not, say. */
function preciseReason(refusal: Refusal): string {
  return refusal.reason === 'invalid' ? refusal.because : refusal.reason;
}
