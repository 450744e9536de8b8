/**
 * A contract's front desk: runs a flow for a request and answers in the contract's shape, whatever
 * comes of it. Every operation is counted here, once, and logged; a look that was allowed is only
 * counted, since it changes nothing and happens with every page. The lines of one address are
 * bounded: by the address's limit where the operation counts against it, else by LINES_A_MINUTE.
 */
import type { Contract, Wire } from '../contracts/contract.ts';
import { admitted } from '../flows/admission.ts';
import type { Outcome, Refusal } from '../flows/outcome.ts';
import { logFailure, logOperation, type Operation } from '../observe/log.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { At } from './arrival.ts';
import type { Issues } from './body.ts';
import { requestSite, type RequestSite } from './origin.ts';
import { refusalResponse, wireResponse } from './refuse.ts';

const LOOKS: ReadonlySet<Operation> = new Set<Operation>(['profile', 'list-sessions']);

/** For requests that no limit of the address bounds. */
export const LINES_A_MINUTE = 120;

export interface Desk {
  contract: Contract;
  siteOf(at: At): RequestSite;
  refuse(at: At, refusal: Refusal): Response;
  /** Where the operation counts as an attempt of the address, a body at fault is one, too. */
  malformed(at: At, issues: Issues): Promise<Response>;
  /** Refuses before there is anything to run. */
  turnAway(at: At, refusal: Refusal, operation: Operation): Response;
  run<T>(at: At, run: Run<T>): Promise<Response>;
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

export function createDesk(contract: Contract, allowedOrigins: readonly string[]): Desk {
  const refuse: Desk['refuse'] = (at, refusal) => {
    const { services, visit } = at.env;
    const circumstances = {
      nowMs: services.nowMs(),
      traceId: visit.traceId,
      operation: at.get('operation'),
    };
    return refusalResponse(contract, refusal, circumstances);
  };

  const report = (at: At, { refusal, identifier, ...done }: Done): void => {
    const { metrics, visit } = at.env;
    const what = { ...done, contract: contract.name };
    metrics.done({ ...what, reason: refusal === null ? null : preciseReason(refusal) });
    if (!isWorthALine(at, done.operation, refusal)) return;
    logOperation({
      ...what,
      durationMs: done.durationMs ?? 0,
      outcome: refusal?.reason ?? 'granted',
      identifier,
      address: visit.address,
      traceId: visit.traceId,
    });
  };

  const turnAway: Desk['turnAway'] = (at, refusal, operation) => {
    report(at, { operation, refusal, identifier: null, durationMs: null });
    return refuse(at, refusal);
  };

  return {
    contract,
    siteOf: (at) => requestSite(at.req.raw.headers, at.req.url, allowedOrigins),
    refuse,
    turnAway,

    async malformed(at, issues) {
      const { services, visit } = at.env;
      const limit = at.get('limit');
      const limited = limit === undefined ? null : await admitted(services, limit, visit);
      const refusal = limited ?? { reason: 'malformed' as const, issues };
      return turnAway(at, refusal, at.get('operation') ?? 'login');
    },

    async run(at, { operation, identifier = null, work, answer, cookies }) {
      const { services, visit } = at.env;
      const startedMs = services.nowMs();
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.later(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, operation, visit.traceId);
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
function isWorthALine(at: At, operation: Operation, refusal: Refusal | null): boolean {
  const { lineLimit, visit } = at.env;
  if (refusal?.reason === 'limited') return lineLimit.admits(`limited ${visit.address}`, 0);
  if (at.get('limit') !== undefined) return true;
  if (refusal !== null) return lineLimit.admits(`refused ${visit.address}`, LINES_A_MINUTE);
  return !LOOKS.has(operation) && lineLimit.admits(`granted ${visit.address}`, LINES_A_MINUTE);
}

/** Operators may know what a client must not: that guesses are at names that there are not, say. */
function preciseReason(refusal: Refusal): string {
  return refusal.reason === 'invalid' ? refusal.because : refusal.reason;
}
