/** Every contract that comes with the service, and one that uses what weakens a promise. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { encodeFields } from '../../../src/contracts/routes.ts';
import { knownContracts } from '../contract-cases.ts';

export interface Wire {
  readonly name: string;
  readonly contract: Contract;
  /** Its registrations ask for a username. */
  readonly registersUsername: boolean;
}

const SAMPLE = { username: 'sample', email: 'a@b.cd', password: '', name: null, handle: null };

export const WIRES: readonly Wire[] = knownContracts.map((contract) => {
  const fields = encodeFields(contract, 'register', SAMPLE);
  const registersUsername = JSON.stringify(fields).includes(SAMPLE.username);
  return { name: contract.name, contract, registersUsername };
});

export const prefixOf = ({ name }: Contract): string => `/${name}`;

/** A setting that has a value for every contract. */
export const forEach = <T>(value: T): Record<string, T> =>
  Object.fromEntries(WIRES.map(({ name }) => [name, value]));
