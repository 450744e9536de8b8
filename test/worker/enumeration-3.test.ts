/** Known and unknown addresses are answered alike, at every contract (support/enumeration.ts). */
import { expect, it } from 'vitest';
import { assertAlikeAt, contractsOf } from '../support/enumeration.ts';

it.each(contractsOf(3))('answers known and unknown addresses alike at $name', async (contract) => {
  expect.hasAssertions();
  await assertAlikeAt(contract);
});
