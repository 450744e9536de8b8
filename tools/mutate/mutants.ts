/** Finds the mutants of a source file: the places where one small change breaks it. */
import { parseAst } from 'vitest/node';

export type Kind =
  | 'condition'
  | 'boundary'
  | 'logic'
  | 'equality'
  | 'arithmetic'
  | 'statement'
  | 'member'
  | 'property'
  | 'number'
  | 'string'
  | 'boolean'
  | 'sql'
  | 'return';

export interface Mutant {
  kind: Kind;
  /** The text between `start` and `end` is replaced by `text`. */
  start: number;
  end: number;
  text: string;
  /** A function of drizzle-orm that the replacement calls. */
  imports?: string;
  /** The names of the declarations around it, outermost first. */
  within: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: any;
}

const PAIRS: [Kind, string, string][] = [
  ['boundary', '<', '<='],
  ['boundary', '>', '>='],
  ['logic', '&&', '||'],
  ['equality', '===', '!=='],
  ['arithmetic', '+', '-'],
  ['arithmetic', '*', '/'],
];
/** The counterparts of the operators in drizzle-orm. */
const CALL_PAIRS: [Kind, string, string][] = [
  ['boundary', 'lt', 'lte'],
  ['boundary', 'gt', 'gte'],
  ['equality', 'eq', 'ne'],
  ['equality', 'exists', 'notExists'],
];
const SQL_PAIRS: [Kind, string, string][] = [
  ['sql', 'and', 'or'],
  ['sql', 'not exists', 'exists'],
  ['sql', 'max', 'min'],
  ['sql', '<', '<='],
  ['sql', '>', '>='],
  ['sql', '+', '-'],
];

/** Replacements in both directions. */
const bothWays = (pairs: [Kind, string, string][]) =>
  new Map(
    pairs.flatMap(([kind, one, other]): [string, [Kind, string]][] => [
      [one, [kind, other]],
      [other, [kind, one]],
    ]),
  );
const OPERATORS = bothWays(PAIRS).set('%', ['arithmetic', '*']);
const CALLS = bothWays(CALL_PAIRS);
const SQL = bothWays(SQL_PAIRS)
  .set('is not', ['sql', 'is'])
  .set('not in', ['sql', 'in'])
  .set('=', ['sql', '<>']);
const SQL_TOKEN =
  /\bnot exists\b|\bis not\b|\bnot in\b|\b(?:exists|and|or|max|min)\b|[<>]=?|[=+-]/g;

/** Types have no behaviour; these alone hold expressions. */
const TYPED_EXPRESSIONS = /^TS(?:As|Satisfies|NonNull|Instantiation)/;
const STATEMENTS = /^(?:Expression|If|For|ForOf|While|Try|Throw|Return)Statement$/;

export function mutantsOf(source: string, language: 'ts' | 'tsx' = 'ts'): Mutant[] {
  const mutants: Mutant[] = [];
  const names: string[] = [];
  const add = (kind: Kind, { start, end }: { start: number; end: number }, text: string) =>
    mutants.push({ kind, start, end, text, within: names.join('.') });
  const textOf = ({ start, end }: Node) => source.slice(start, end);
  const negate = (kind: Kind, node: Node) => add(kind, node, `!(${textOf(node)})`);

  /** Removes one of a list, together with a comma beside it. */
  const drop = (kind: Kind, list: readonly Node[], index: number) => {
    const [node, next, previous] = [list[index], list[index + 1], list[index - 1]];
    if (node === undefined) return;
    const start = next === undefined && previous !== undefined ? previous.end : node.start;
    add(kind, { start, end: next?.start ?? node.end }, '');
  };
  const dropEach = (kind: Kind, list: readonly Node[]) =>
    list.forEach((_, index) => drop(kind, list, index));

  const operator = ({ left, right, operator }: Node) => {
    const [kind, other] = OPERATORS.get(operator) ?? [];
    if (kind === undefined || other === undefined) return;
    const start = left.end + source.slice(left.end, right.start).indexOf(operator);
    add(kind, { start, end: start + operator.length }, other);
  };

  const call = ({ callee, arguments: values }: Node) => {
    const name = callee.type === 'Identifier' ? callee.name : '';
    const [kind, other] = CALLS.get(name) ?? [];
    if (kind !== undefined && other !== undefined) {
      add(kind, callee, other);
      Object.assign(mutants.at(-1) ?? {}, { imports: other });
    }
    if (name === 'and' || name === 'or') dropEach('member', values);
  };

  const sql = ({ quasi, tag }: Node) => {
    if (textOf(tag) !== 'sql') return;
    for (const { start, end } of quasi.quasis as Node[]) {
      for (const match of source.slice(start, end).matchAll(SQL_TOKEN)) {
        const at = start + match.index;
        const [kind, other] = SQL.get(match[0]) ?? [];
        if (kind !== undefined) add(kind, { start: at, end: at + match[0].length }, other ?? '');
      }
    }
  };

  const result = (node: Node | null) => {
    if (node !== null && !/Literal|Object|Array|Function|JSX/.test(node.type))
      negate('return', node);
  };

  const visitors: Record<string, (node: Node) => void> = {
    IfStatement: ({ test }) => negate('condition', test),
    ConditionalExpression: ({ test }) => negate('condition', test),
    WhileStatement: ({ test }) => negate('condition', test),
    BinaryExpression: operator,
    LogicalExpression: operator,
    CallExpression: call,
    TaggedTemplateExpression: sql,
    ReturnStatement: ({ argument }) => result(argument),
    ArrowFunctionExpression: ({ body, expression }) => result(expression ? body : null),
    Literal: (node) => {
      const { value } = node;
      if (typeof value === 'number') add('number', node, String(value + 1));
      if (typeof value === 'boolean') add('boolean', node, String(!value));
      if (typeof value === 'string') add('string', node, value === '' ? "'broken'" : "''");
    },
    UnaryExpression: (node) => {
      if (node.operator === '!') add('condition', node, textOf(node.argument));
    },
    ArrayExpression: ({ elements }) => {
      const list: Node[] = elements.filter((element: Node | null) => element !== null);
      if (list.length > 1) dropEach('member', list);
    },
    ObjectExpression: ({ properties }) => dropEach('property', properties),
  };

  const walk = (node: Node): void => {
    if (/^(?:Import|ExportAll)/.test(node.type)) return;
    if (node.type.startsWith('TS') && !TYPED_EXPRESSIONS.test(node.type)) return;
    const name =
      node.id?.name ?? (/^(?:Property|Method)/.test(node.type) ? node.key?.name : undefined);
    if (typeof name === 'string') names.push(name);
    visitors[node.type]?.(node);
    for (const [key, child] of Object.entries(node)) {
      // A key is no expression of its own.
      if (key === 'key' || (key === 'property' && !node.computed)) continue;
      for (const one of [child].flat()) {
        if (!isNode(one)) continue;
        const isStatement = (key === 'body' || key === 'consequent') && STATEMENTS.test(one.type);
        if (isStatement) add('statement', one, ';');
        walk(one);
      }
    }
    if (typeof name === 'string') names.pop();
  };
  walk(parseAst(source, { lang: language }) as unknown as Node);
  return mutants;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

/** The source with the mutant in it. */
export function mutated(source: string, { start, end, text, imports }: Mutant): string {
  const changed = source.slice(0, start) + text + source.slice(end);
  const isMissing = imports !== undefined && !new RegExp(`import .*\\b${imports}\\b`).test(source);
  return isMissing ? `${changed}import { ${imports} } from 'drizzle-orm';\n` : changed;
}

/** The line number, and the lines before and after the change. */
export function linesOf(source: string, { start, end, text }: Mutant) {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const next = source.indexOf('\n', end);
  const to = next === -1 ? source.length : next;
  return {
    line: source.slice(0, start).split('\n').length,
    before: source.slice(from, to).trim(),
    after: (source.slice(from, start) + text + source.slice(end, to)).trim(),
  };
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws in random order; every kind is as likely as another, however many mutants it has. */
export function* createDraw<T extends { kind: string }>(all: readonly T[], seed: number) {
  const random = createRandom(seed);
  const kinds = [...Map.groupBy(all, ({ kind }) => kind).values()];
  while (kinds.length > 0) {
    const kind = Math.floor(random() * kinds.length);
    const left = kinds[kind] ?? [];
    const [drawn] = left.splice(Math.floor(random() * left.length), 1);
    if (left.length === 0) kinds.splice(kind, 1);
    if (drawn !== undefined) yield drawn;
  }
}
