/**
 * Takes the samples. Each round asks about one of every kind, in an order of its own, so that
 * whatever changes with time (a warmer compiler, a larger table, a neighbour on the machine) meets
 * all kinds alike.
 *
 * What an answer leaves to be done behind it (a letter, an audit row) does differ by kind. So after
 * every answer the process is left alone until it rests, and before every sample the same neutral
 * request is made: no sample can tell what came before it. An operation that times the next request
 * makes the same neutral one right after the answer instead, and that one is the sample.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contract } from '../../../src/contracts/contract.ts';
import type { PasswordCost } from '../../../src/crypto/password.ts';
import { kindsOf, settle, shuffled } from '../../../test/fixtures/account-kinds.ts';
import { openLine } from './line.ts';
import { neutralRequest, OPERATIONS, requestFor } from './operations.ts';
import type { Target } from './target.ts';

export interface Plan {
  operation: string;
  contract: Contract;
  cost: PasswordCost;
  /** Of each kind. */
  samples: number;
  warmUp: number;
}

/** Milliseconds by kind. */
export async function measure(
  target: Pick<Target, 'url' | 'database' | 'quiet'>,
  plan: Plan,
): Promise<Map<string, number[]>> {
  const operation = OPERATIONS[plan.operation];
  if (operation === undefined) throw new Error(`there is no operation ${plan.operation}`);
  const kinds = await kindsOf(plan.operation, plan.cost);
  const each = plan.warmUp + plan.samples;
  const people = await settle(target.database, { kinds, each, cost: plan.cost });
  const taken = new Map(kinds.map(({ name }): [string, number[]] => [name, []]));
  const line = await openLine(target.url);
  for (let round = 0; round < each; round += 1) {
    collectGarbage();
    for (const { name } of shuffled(kinds)) {
      const person = people.get(name)?.[round];
      if (person === undefined) throw new Error(`nobody is left who is ${name}`);
      const request = requestFor(operation, plan.contract, person);
      const next = neutralRequest();
      await line.ask(neutralRequest());
      await target.quiet();
      const { status, tookMs: ownMs } = await line.ask(request);
      if (status !== operation.status) {
        throw new Error(`${name}: ${status}, and should be ${operation.status}`);
      }
      const tookMs = operation.timesNext ? (await line.ask(next)).tookMs : ownMs;
      if (round >= plan.warmUp) taken.get(name)?.push(tookMs);
      await target.quiet();
    }
  }
  line.close();
  return taken;
}

setFlagsFromString('--expose-gc');
/** This process's own, so that it does not fall into a sample. */
const collectGarbage = runInNewContext('gc') as () => void;
