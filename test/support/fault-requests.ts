/** Flows of one request each, for the suites that inject faults. */
import { beforeEach, vi } from 'vitest';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import type { Flow } from './fault-invariants.ts';
import { client } from './session.ts';
import type { TestUser } from './test-app.ts';

/** A prepared request of a user. */
export type FaultRequest = {
  [O in Operation]: { user: TestUser; to: O; body: InputOf<O>; token?: string };
}[Operation];

/** Drops the pause before an e-mail is sent again, for the tests of the file. */
export function dropPauses(): void {
  beforeEach(() => {
    const { wait } = scheduler;
    vi.spyOn(scheduler, 'wait').mockImplementation((_ms, options) =>
      wait.call(scheduler, 0, options),
    );
  });
}

/** Returns the maker of a contract's flows, whose repetition is answered alike, unless `rest` says otherwise. */
export const flowsOf =
  (contract: string) =>
  (
    name: string,
    request: () => Promise<FaultRequest>,
    rest: Partial<Flow> & Pick<Flow, 'status'>,
  ): Flow => ({
    name,
    contract,
    prepare: async () => {
      const { user, to, body, token } = await request();
      const tokens = token === undefined ? {} : { token };
      return { user, send: (app) => client(app, contract).ask(to, body, tokens) };
    },
    repeated: rest.status,
    ...rest,
  });
