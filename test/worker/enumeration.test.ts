/** Known and unknown addresses are answered alike, at every contract (support/enumeration.ts). */
import { expect, it } from 'vitest';
import { assertAlikeAcross, assertAlikeAt, contractsOf } from '../support/enumeration.ts';

it.each(contractsOf(1))('answers known and unknown addresses alike at $name', async (contract) => {
  expect.hasAssertions();
  await assertAlikeAt(contract);
});

it('answers known and unknown addresses alike across contracts', async () => {
  expect.hasAssertions();
  await assertAlikeAcross();
});
