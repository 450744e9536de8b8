/**
 * A contract's front desk: runs a flow for a request and answers in the contract's shape, whatever
 * comes of it. Every operation is logged here, once; a look that was allowed is none, since it
 * changes nothing and happens with every page.
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
  turnAway(at: At, operation: Operation, refusal: Refusal): Response;
  run<T>(at: At, run: Run<T>): Promise<Response>;
}

export interface Run<T> {
  operation: Operation;
  identifier?: Identifier;
  work: Promise<Outcome<T>>;
  answer(value: T): Wire;
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

  const turnAway: Desk['turnAway'] = (at, operation, refusal) => {
    const { address, traceId } = at.env.visit;
    const line = { operation, contract: contract.name, outcome: refusal.reason, identifier: null };
    logOperation({ ...line, address, traceId, durationMs: 0 });
    return refuse(at, refusal);
  };

  return {
    contract,
    refuse,

    turnAway,
    malformed: (at, issues) =>
      turnAway(at, at.get('operation') ?? 'login', { reason: 'malformed', issues }),

    async run(at, { operation, identifier = null, work, answer }) {
      const { services, visit } = at.env;
      const startedMs = services.nowMs();
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.later(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, operation, visit.traceId);
        return { ok: false, refusal: { reason: 'internal' } };
      });
      if (!outcome.ok || !LOOKS.has(operation)) {
        logOperation({
          operation,
          contract: contract.name,
          outcome: outcome.ok ? 'granted' : outcome.refusal.reason,
          identifier,
          address: visit.address,
          traceId: visit.traceId,
          durationMs: services.nowMs() - startedMs,
        });
      }
      return outcome.ok ? wireResponse(answer(outcome.value)) : refuse(at, outcome.refusal);
    },
  };
}
