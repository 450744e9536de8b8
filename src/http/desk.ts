/**
 * A contract's front desk: runs a flow for a request and answers in the contract's shape, whatever
 * comes of it. Every operation is counted here, once, and logged; a look that was allowed is only
 * counted, since it changes nothing and happens with every page.
 */
import type { Contract, Wire } from '../contracts/contract.ts';
import type { Outcome, Refusal } from '../flows/outcome.ts';
import { logFailure, logOperation, type Operation } from '../observe/log.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { At } from './arrival.ts';
import type { Issues } from './body.ts';
import { refusalResponse, wireResponse } from './refuse.ts';

const LOOKS: ReadonlySet<Operation> = new Set<Operation>(['profile', 'list-sessions']);

export interface Desk {
  contract: Contract;
  refuse(at: At, refusal: Refusal): Response;
  malformed(at: At, issues: Issues): Response;
  /** Refuses before there is anything to run. */
  turnAway(at: At, refusal: Refusal, how: { operation: Operation; logged: boolean }): Response;
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

export function createDesk(contract: Contract): Desk {
  const refuse: Desk['refuse'] = (at, refusal) => {
    const { services, visit } = at.env;
    const circumstances = {
      nowMs: services.nowMs(),
      traceId: visit.traceId,
      operation: at.get('operation'),
    };
    return refusalResponse(contract, refusal, circumstances);
  };

  const turnAway: Desk['turnAway'] = (at, refusal, { operation, logged }) => {
    const { metrics, visit } = at.env;
    const done = { operation, contract: contract.name };
    metrics.done({ ...done, reason: preciseReason(refusal), durationMs: null });
    if (logged) {
      const { address, traceId } = visit;
      const line = { ...done, outcome: refusal.reason, identifier: null, durationMs: 0 };
      logOperation({ ...line, address, traceId });
    }
    return refuse(at, refusal);
  };

  return {
    contract,
    refuse,

    turnAway,
    malformed: (at, issues) => {
      const how = { operation: at.get('operation') ?? 'login', logged: true };
      return turnAway(at, { reason: 'malformed', issues }, how);
    },

    async run(at, { operation, identifier = null, work, answer, cookies }) {
      const { services, visit, metrics } = at.env;
      const startedMs = services.nowMs();
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.later(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, operation, visit.traceId);
        return { ok: false, refusal: { reason: 'internal' } };
      });
      const done = {
        operation,
        contract: contract.name,
        durationMs: services.nowMs() - startedMs,
      };
      metrics.done({ ...done, reason: outcome.ok ? null : preciseReason(outcome.refusal) });
      if (!outcome.ok || !LOOKS.has(operation)) {
        logOperation({
          ...done,
          outcome: outcome.ok ? 'granted' : outcome.refusal.reason,
          identifier,
          address: visit.address,
          traceId: visit.traceId,
        });
      }
      if (!outcome.ok) return refuse(at, outcome.refusal);
      const response = wireResponse(answer(outcome.value));
      for (const cookie of cookies?.(outcome.value) ?? []) {
        response.headers.append('Set-Cookie', cookie);
      }
      return response;
    },
  };
}

/** Operators may know what a client must not: that guesses are at names that there are not, say. */
function preciseReason(refusal: Refusal): string {
  return refusal.reason === 'invalid' ? refusal.because : refusal.reason;
}
