/** Every contract that comes with the service, and one that uses what weakens a promise. */
import { env } from 'cloudflare:workers';
import type { Contract } from '../../../src/contracts/contract.ts';
import { contracts } from '../../../src/contracts/index.ts';
import { encodeFields } from '../../../src/contracts/routes.ts';
import { offerLenient } from '../../fixtures/lenient-contract.ts';

export interface Wire {
  readonly name: string;
  readonly contract: Contract;
  /** Its registrations ask for a username. */
  readonly registersUsername: boolean;
}

const SAMPLE = { username: 'sample', email: 'a@b.cd', password: '', name: null, handle: null };

offerLenient();
export const WIRES: readonly Wire[] = contracts.map((contract) => {
  const fields = encodeFields(contract, 'register', SAMPLE);
  const registersUsername = JSON.stringify(fields).includes(SAMPLE.username);
  return { name: contract.name, contract, registersUsername };
});

/** Contracts of tests alone have no published document, and are asked at their bare paths. */
export const prefixOf = ({ name }: Contract): string =>
  (env.CONTRACTS as readonly string[]).includes(name) ? `/${name}` : '';

/** A setting that has a value for every contract. */
export const forEach = <T>(value: T): Record<string, T> =>
  Object.fromEntries(WIRES.map(({ name }) => [name, value]));
