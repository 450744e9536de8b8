/** Requests as data, so that mutations can be applied to them. */
import { FORM, routeOf } from '../../../src/contracts/routes.ts';
import type { Operation } from '../../../src/flows/operations.ts';
import { contractCase } from '../contract-cases.ts';
import { encoded, type Asked } from '../session.ts';
import type { Outgoing } from './mutation.ts';

export const ORIGIN = 'https://gatehouse.example';

export const requestTo = (method: string, path: string, body?: object): Outgoing => ({
  origin: ORIGIN,
  method,
  path,
  headers: body === undefined ? [] : [['Content-Type', 'application/json']],
  fields: body === undefined ? null : Object.entries(body).map(([k, v]) => [k, JSON.stringify(v)]),
  isForm: false,
  bodyChanges: [],
});

/** A contract's request with its body as leaf fields, so that each can be changed; those of its route come last. */
export function requestOf<O extends Operation>(
  name: string,
  operation: O,
  asked: Asked<O>,
): Outgoing {
  const { contract } = contractCase(name);
  const { method, path, headers, body } = encoded(name, operation, asked);
  const { accepts, when } = routeOf(contract, operation);
  const isForm = accepts === FORM;
  const value: unknown =
    body === null
      ? null
      : isForm
        ? Object.fromEntries(new URLSearchParams(body))
        : JSON.parse(body);
  const leaves = body === null ? null : leavesOf(value);
  const isTag = ([name]: [string, string]) => name in (when.body ?? {});
  return {
    origin: ORIGIN,
    method,
    path,
    // To clients that take anything, the paths of pages answer with pages.
    headers: Object.entries({ ...headers, Accept: 'application/json' }),
    fields: leaves && [...leaves.filter((one) => !isTag(one)), ...leaves.filter(isTag)],
    isForm,
    bodyChanges: [],
  };
}

function leavesOf(value: unknown, path = ''): [string, string][] {
  return Object.entries(value as object).flatMap(([name, each]): [string, string][] => {
    if (each === null) return [];
    const at = path + name;
    return typeof each === 'object' ? leavesOf(each, `${at}.`) : [[at, JSON.stringify(each)]];
  });
}

export const withHeader = (request: Outgoing, header: string, value: string): Outgoing => ({
  ...request,
  headers: [...request.headers, [header, value]],
});
