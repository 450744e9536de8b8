/** Finds the places of a source file where one small change breaks it, and makes the change. */
import { parseAst } from 'vitest/node';

export interface Break {
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

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: any;
}

const OPERATORS: Record<string, [Kind, string]> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '%': ['arithmetic', '*'],
};

/** Drizzle's counterparts of the operators above. */
const CALLS = new Map<string, [Kind, string]>([
  ['lt', ['boundary', 'lte']],
  ['lte', ['boundary', 'lt']],
  ['gt', ['boundary', 'gte']],
  ['gte', ['boundary', 'gt']],
  ['eq', ['equality', 'ne']],
  ['ne', ['equality', 'eq']],
  ['exists', ['equality', 'notExists']],
  ['notExists', ['equality', 'exists']],
]);

const SQL: Record<string, string> = {
  and: 'or',
  or: 'and',
  'not exists': 'exists',
  exists: 'not exists',
  'is not': 'is',
  'not in': 'in',
  max: 'min',
  min: 'max',
  '=': '<>',
  '<': '<=',
  '>': '>=',
  '<=': '<',
  '>=': '>',
  '+': '-',
  '-': '+',
};
const SQL_TOKEN =
  /\bnot exists\b|\bis not\b|\bnot in\b|\b(?:exists|and|or|max|min)\b|[<>]=?|[=+-]/g;

/** Types say what is, and break nothing; these alone hold expressions. */
const TYPED_EXPRESSIONS = /^TS(?:As|Satisfies|NonNull|Instantiation)/;
const STATEMENTS = /^(?:Expression|If|For|ForOf|While|Try|Throw|Return)Statement$/;

export function breaksOf(source: string, language: 'ts' | 'tsx' = 'ts'): Break[] {
  const breaks: Break[] = [];
  const names: string[] = [];
  const add = (kind: Kind, { start, end }: { start: number; end: number }, text: string) =>
    breaks.push({ kind, start, end, text, within: names.join('.') });
  const textOf = ({ start, end }: Node) => source.slice(start, end);
  const negate = (kind: Kind, node: Node) => add(kind, node, `!(${textOf(node)})`);

  /** Takes one of a list out, together with a comma beside it. */
  const drop = (kind: Kind, list: readonly Node[], index: number) => {
    const [node, next, previous] = [list[index], list[index + 1], list[index - 1]];
    if (node === undefined) return;
    const start = next === undefined && previous !== undefined ? previous.end : node.start;
    add(kind, { start, end: next?.start ?? node.end }, '');
  };

  const operator = ({ left, right, operator }: Node) => {
    const [kind, other] = OPERATORS[operator] ?? [];
    if (kind === undefined || other === undefined) return;
    const start = left.end + source.slice(left.end, right.start).indexOf(operator);
    add(kind, { start, end: start + operator.length }, other);
  };

  const call = ({ callee, arguments: given }: Node) => {
    const name = callee.type === 'Identifier' ? callee.name : '';
    const [kind, other] = CALLS.get(name) ?? [];
    if (kind !== undefined && other !== undefined) {
      add(kind, callee, other);
      Object.assign(breaks.at(-1) ?? {}, { imports: other });
    }
    if (name !== 'and' && name !== 'or') return;
    given.forEach((_: Node, index: number) => drop('member', given, index));
  };

  const sql = ({ quasi, tag }: Node) => {
    if (textOf(tag) !== 'sql') return;
    for (const { start, end } of quasi.quasis as Node[]) {
      for (const match of source.slice(start, end).matchAll(SQL_TOKEN)) {
        const at = start + match.index;
        add('sql', { start: at, end: at + match[0].length }, SQL[match[0]] ?? '');
      }
    }
  };

  const result = (node: Node | null) => {
    if (node !== null && !/Literal|Object|Array|Function|JSX/.test(node.type))
      negate('return', node);
  };

  const literal = (node: Node) => {
    const { value } = node;
    if (typeof value === 'number') add('number', node, String(value + 1));
    if (typeof value === 'boolean') add('boolean', node, String(!value));
    if (typeof value === 'string') add('string', node, value === '' ? "'broken'" : "''");
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
    Literal: literal,
    UnaryExpression: (node) => {
      if (node.operator === '!') add('condition', node, textOf(node.argument));
    },
    ArrayExpression: ({ elements }) => {
      const list: Node[] = elements.filter((element: Node | null) => element !== null);
      if (list.length > 1) list.forEach((_, index) => drop('member', list, index));
    },
    ObjectExpression: ({ properties }) =>
      properties.forEach((_: Node, index: number) => drop('property', properties, index)),
  };

  const visit = (node: Node): void => {
    if (/^(?:Import|ExportAll)/.test(node.type)) return;
    if (node.type.startsWith('TS') && !TYPED_EXPRESSIONS.test(node.type)) return;
    const name =
      node.id?.name ?? (/^(?:Property|Method)/.test(node.type) ? node.key?.name : undefined);
    if (typeof name === 'string') names.push(name);
    visitors[node.type]?.(node);
    for (const [key, child] of Object.entries(node)) {
      // A key is no constant of its own.
      if (key === 'key' || (key === 'property' && !node.computed)) continue;
      const children: unknown[] = Array.isArray(child) ? child : [child];
      if (key === 'body' || key === 'consequent') {
        for (const statement of children) {
          if (isNode(statement) && STATEMENTS.test(statement.type))
            add('statement', statement, ';');
        }
      }
      for (const one of children) if (isNode(one)) visit(one);
    }
    if (typeof name === 'string') names.pop();
  };
  visit(parseAst(source, { lang: language }) as unknown as Node);
  return breaks;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

/** The source with the break in it. */
export function broken(source: string, { start, end, text, imports }: Break): string {
  const changed = source.slice(0, start) + text + source.slice(end);
  const isMissing = imports !== undefined && !new RegExp(`import .*\\b${imports}\\b`).test(source);
  return isMissing ? `${changed}import { ${imports} } from 'drizzle-orm';\n` : changed;
}

/** What a reader sees of it: the lines before and after. */
export function linesOf(source: string, { start, end, text }: Break) {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const next = source.indexOf('\n', end);
  const to = next === -1 ? source.length : next;
  return {
    line: source.slice(0, start).split('\n').length,
    before: source.slice(from, to).trim(),
    after: (source.slice(from, start) + text + source.slice(end, to)).trim(),
  };
}
