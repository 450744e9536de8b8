/**
 * The operations of a contract on its wire: paths, request schemas, responses. Nothing else in http/
 * depends on how a contract declares them.
 */
import type * as z from 'zod/mini';
import type { Contract, SessionView, Wire } from '../contracts/contract.ts';
import {
  OPERATIONS,
  operations,
  type Operation,
  type OperationRow,
  type ResponseValues,
} from '../flows/operations.ts';
import { describeUserAgent } from '../policy/user-agent.ts';

export const operationsOf = ({ refresh }: Contract): Operation[] =>
  operations.filter((name) => name !== 'refresh' || refresh !== null);

/** Without the contract's prefix; `:id` stands for a segment. */
export function pathOf({ base, profilePath }: Contract, name: Operation): string {
  const { path = name }: OperationRow = OPERATIONS[name];
  return path === null ? profilePath : `${base}/${path}`;
}

/** The paths of all operations below a prefix, for the script of a page. */
export const pathsOf = (contract: Contract, prefix: string) =>
  Object.fromEntries(operations.map((name) => [name, prefix + pathOf(contract, name)])) as Record<
    Operation,
    string
  >;

/** Tells whether a path without prefix is that of one of the contract's operations. */
export function pathMatcher(contract: Contract): (path: string) => boolean {
  const patterns = operationsOf(contract).map((name) =>
    pathOf(contract, name)
      .replaceAll(/[^\w/:-]/g, String.raw`\$&`)
      .replaceAll(/:\w+/g, '[^/]+'),
  );
  const owned = new RegExp(`^(?:${patterns.join('|')})$`);
  return (path) => owned.test(path);
}

/** Null: the operation reads no body. */
export function requestSchemaOf({ requests }: Contract, name: Operation): z.ZodMiniType | null {
  const byOperation: Partial<Record<Operation, { decode: z.ZodMiniType } | null>> = requests;
  return byOperation[name]?.decode ?? null;
}

/** Renders what an operation has granted. */
export function render({ responses }: Contract, name: Operation, value: unknown): Wire {
  const { response } = OPERATIONS[name];
  if (response === 'sessions') return responses.sessions.render(viewsOf(value as SessionList));
  // The value is of the row's response; TypeScript cannot follow the pair through the index.
  const renderer = responses[response] as { render(value: unknown): Wire } | null;
  if (renderer === null) throw new Error(`the contract has no response for ${name}`);
  return renderer.render(value);
}

type SessionList = ResponseValues['sessions'];

const viewsOf = ({ sessions, current }: SessionList): SessionView[] =>
  sessions.map((session) => ({
    ...session,
    device: describeUserAgent(session.userAgent),
    current: session.id === current,
  }));
