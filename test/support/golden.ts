/// <reference types="vite/types/importMeta.d.ts" />
/**
 * Reads test/golden: requests, and the exact answers that each contract's own document promises.
 *
 * - `<contract>/<topic>.json`: cases, each stating what differs from the topic's `request`.
 * - `<contract>/answers.json`: the contract's answers by name. An answer `like` another states what differs.
 * - `protocol.json`: cases that every contract answers, with `<placeholders>` for each contract's values.
 * - `defaults.json`: headers of every answer and claims of every token, unless stated otherwise.
 *
 * A null stands for what is not there: a header, a claim, or a request's body.
 */
import defaults from '../golden/defaults.json';
import protocol from '../golden/protocol.json';

export interface Sent {
  method: string;
  path: string;
  /** Without a CF-Connecting-IP of its own, a request gets an address that no other has. */
  headers: Record<string, string | null>;
  body?: unknown;
  rawBody?: string;
  /** Length in bytes to which the <pad> within rawBody is extended. */
  padTo?: number;
}

interface Answer {
  status: number;
  headers: Record<string, string | null>;
  body: unknown;
  /** By the token's placeholder in the body or in a header. */
  claims?: Record<string, Record<string, unknown>>;
}

type StatedAnswer = string | (Partial<Answer> & { like?: string });

interface Sending extends Partial<Sent> {
  /** The moment of this request, and of those after it that name no other. */
  at?: string;
  repeat?: number;
  status: number;
}

interface Case extends Partial<Sent> {
  name: string;
  source?: string;
  at?: string;
  given?: 'the database is unreachable';
  /** Requests sent first, each stating what differs from the case's own, and its answer's status. */
  before?: Sending[];
  answer: StatedAnswer;
}

interface Topic {
  /** The document and the section that promise the answers of all cases that name no other. */
  source: string;
  request: Sent;
  cases: Case[];
}

export type Pair = ReturnType<typeof expand>[number];

const topics = import.meta.glob<Topic>(['../golden/*/*.json', '!**/answers.json'], {
  eager: true,
  import: 'default',
});
const answers = import.meta.glob<Record<string, StatedAnswer>>('../golden/*/answers.json', {
  eager: true,
  import: 'default',
});

export const pairs = [
  ...Object.entries(topics).flatMap(([file, topic]) => expand(file.split('/')[2] ?? '', topic)),
  ...Object.entries(protocol.contracts).flatMap(([contract, values]) =>
    expand(contract, filled({ ...values, contract })),
  ),
];

function expand(contract: string, topic: Topic) {
  return topic.cases.map(
    ({ name, source = topic.source, at, given, before = [], answer, ...changes }) => {
      const request = changed(topic.request, changes);
      return {
        contract,
        name,
        source,
        at,
        given,
        before: before.map(({ at, repeat = 1, status, ...changes }) => {
          return { at, repeat, status, request: changed(request, changes) };
        }),
        request,
        answer: withClaims(resolved(contract, answer)),
      };
    },
  );
}

/** The protocol's cases with a contract's own values in place of the placeholders. */
function filled(values: Record<string, string>): Topic {
  return JSON.parse(JSON.stringify(protocol), (_, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(/<([\w-]+)>/g, (placeholder, name: string) => values[name] ?? placeholder)
      : value,
  ) as Topic;
}

function changed(request: Sent, changes: Partial<Sent>): Sent {
  const { body, ...rest } = { ...request, ...changes };
  const headers = { ...request.headers, ...changes.headers };
  return { ...rest, headers, ...(body === null || 'rawBody' in changes ? {} : { body }) };
}

function resolved(contract: string, stated: StatedAnswer): Answer {
  const { like, ...own } = typeof stated === 'string' ? { like: stated } : stated;
  if (like === undefined) return merged({ status: 0, headers: defaults.headers, body: null }, own);
  const other = answers[`../golden/${contract}/answers.json`]?.[like];
  if (other === undefined) throw new Error(`${contract}/answers.json has no “${like}”`);
  return merged(resolved(contract, other), own);
}

/** A tree with another's values in place of its own. Keys keep their order, new ones follow. */
function merged<Whole extends object>(tree: Whole, other: object): Whole {
  const merge = ([key, value]: [string, unknown]) => {
    const own: unknown = Reflect.get(tree, key);
    return [key, isTree(own) && isTree(value) ? merged(own, value) : value] as const;
  };
  return { ...tree, ...Object.fromEntries(Object.entries(other).map(merge)) };
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function present(claims: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function withClaims(answer: Answer): Answer {
  if (answer.claims === undefined) return answer;
  const claims = Object.entries(answer.claims).map(
    ([token, own]) => [token, present({ ...defaults.claims, ...own })] as const,
  );
  return { ...answer, claims: Object.fromEntries(claims) };
}
