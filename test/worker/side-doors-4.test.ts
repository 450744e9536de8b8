/** No side door: every operation of every contract, in every state (support/side-doors). */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  beginFile,
  expectedIn,
  outcomesIn,
  statesOf,
  wiresOf,
} from '../support/side-doors/suite.ts';

beforeAll(beginFile);

describe.each(wiresOf(4))('$name', (wire) => {
  it.each(statesOf(wire))('answers each operation as the table says where %s', async (state) => {
    expect(await outcomesIn(state, wire)).toEqual(expectedIn(state, wire));
  });
});
