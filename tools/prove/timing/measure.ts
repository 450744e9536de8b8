/**
 * Takes the samples. Each round asks about one name of every kind, in random order, so that whatever
 * changes with time (a warmer compiler, a larger table, other processes) meets all kinds alike.
 *
 * Work after a response (an e-mail, an audit row) differs by kind. So after every answer the process
 * is left alone until it is idle, and before every sample the same neutral request is made. An
 * operation that times the next request makes a neutral one right after the answer, and that one is
 * the sample.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contract } from '../../../src/contracts/contract.ts';
import type { PasswordCost } from '../../../src/crypto/passwords/format.ts';
import { insertAccounts, shuffled } from '../../../test/fixtures/account-kinds.ts';
import { enrolAccounts } from '../../enrolled-accounts.ts';
import { openConnection } from './connection.ts';
import { kindsOf, neutralRequest, OPERATIONS, requestFor, statusOf } from './operations.ts';

export interface Target {
  url: URL;
  database: D1Database;
  /** Resolves when the process is idle. */
  idle(): Promise<void>;
}

export interface Plan {
  operation: string;
  contract: Contract;
  cost: PasswordCost;
  /** Of each kind. */
  samples: number;
  warmUp: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Returns milliseconds by kind. */
export async function measure(target: Target, plan: Plan): Promise<Map<string, number[]>> {
  const operation = OPERATIONS[plan.operation];
  if (operation === undefined) throw new Error(`there is no operation ${plan.operation}`);
  const expected = statusOf(operation, plan.contract);
  const kinds = await kindsOf(operation, plan.contract, plan.cost);
  const each = plan.warmUp + plan.samples;
  const users = await insertAccounts(target.database, { kinds, each, cost: plan.cost });
  await operation.prepare?.(target.database, users);
  const enrolled = kinds.filter(({ isEnrolled }) => isEnrolled);
  const persons = enrolled.flatMap(({ name }) => users.get(name) ?? []);
  if (persons.length > 0)
    await enrolAccounts(
      target.database,
      persons.map(({ email }) => email),
    );
  const samples = new Map(kinds.map(({ name }): [string, number[]] => [name, []]));
  const connection = await openConnection(target.url);
  for (let round = 0; round < each; round += 1) {
    // This process's own, so that it does not fall into a sample.
    collectGarbage();
    for (const { name } of shuffled(kinds)) {
      const person = users.get(name)?.[round];
      if (person === undefined) throw new Error(`no account of kind ${name} is left`);
      const request = await requestFor(operation, plan.contract, person);
      const next = neutralRequest();
      await connection.send(neutralRequest());
      await target.idle();
      const { status, tookMs: ownMs } = await connection.send(request);
      if (status !== expected) {
        throw new Error(`${name}: answered ${status} instead of ${expected}`);
      }
      const tookMs = operation.timesNext ? (await connection.send(next)).tookMs : ownMs;
      if (round >= plan.warmUp) samples.get(name)?.push(tookMs);
      await target.idle();
    }
  }
  connection.close();
  return samples;
}
