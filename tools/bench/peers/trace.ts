/**
 * An ear at the bindings of any Worker: who was called after whom, and a network of a given length
 * between. A call's depth is one more than the greatest depth of the calls of its request that had
 * been answered before it started; the greatest depth is how many calls waited for each other.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Trace {
  /** The greatest depth of the calls that were answered before the request was. */
  chain: number;
  /** How many they are, and how many others there are: nobody waited for those. */
  calls: number;
  afterwards: number;
  /** What the network took on the way of all of them: on a busy machine a wait is longer than asked. */
  networkMs: number;
}

interface Request extends Trace {
  answeredDepth: number;
  answered: boolean;
}

const untravelled: Request = {
  chain: 0,
  calls: 0,
  afterwards: 0,
  networkMs: 0,
  answeredDepth: 0,
  answered: false,
};

const requests = new AsyncLocalStorage<Request>();
const traces: Request[] = [];

interface Network {
  /** There and back. */
  NETWORK_MS: number;
}

type Wire = <T>(call: () => Promise<T>) => Promise<T>;

/** `of` makes the Worker from its bindings; GET /traces tells what was called since it last did. */
export function traced<E extends object>(
  of: (env: E) => ExportedHandler<E>,
): ExportedHandler<E & Network> {
  let inside: { env: E; fetch: ExportedHandler<E>['fetch'] } | undefined;
  return {
    async fetch(request, env, context) {
      if (request.url.endsWith('/traces')) {
        const told: Trace[] = traces.splice(0);
        return Response.json(told);
      }
      if (inside === undefined) {
        const own = wired(env, wireOf(env.NETWORK_MS / 2));
        inside = { env: own, fetch: of(own).fetch };
      }
      const { env: own, fetch } = inside;
      const trace: Request = { ...untravelled };
      traces.push(trace);
      const answer = await requests.run(trace, async () => fetch?.(request, own, context));
      trace.answered = true;
      return answer ?? new Response(null, { status: 500 });
    },
  };
}

function wireOf(oneWayMs: number): Wire {
  return async (call) => {
    const request = requests.getStore() ?? { ...untravelled };
    const depth = request.answeredDepth + 1;
    const travel = async () => {
      if (oneWayMs === 0) return;
      const startedMs = performance.now();
      await scheduler.wait(oneWayMs);
      request.networkMs += performance.now() - startedMs;
    };
    await travel();
    try {
      return await call();
    } finally {
      await travel();
      note(request, depth);
    }
  };
}

function note(request: Request, depth: number): void {
  request.answeredDepth = Math.max(request.answeredDepth, depth);
  if (request.answered) {
    request.afterwards += 1;
    return;
  }
  request.calls += 1;
  request.chain = Math.max(request.chain, depth);
}

function wired<E extends object>(env: E, wire: Wire): E {
  const bindings = Object.entries(env).map(([name, binding]: [string, unknown]) => [
    name,
    isDatabase(binding)
      ? wiredDatabase(binding, wire)
      : isNamespace(binding)
        ? wiredNamespace(binding, wire)
        : binding,
  ]);
  return Object.fromEntries(bindings) as E;
}

const isDatabase = (binding: unknown): binding is D1Database =>
  typeof binding === 'object' && binding !== null && 'withSession' in binding;

const isNamespace = (binding: unknown): binding is DurableObjectNamespace =>
  typeof binding === 'object' && binding !== null && 'idFromName' in binding;

type Methods = Record<string, (...given: unknown[]) => unknown>;

/** The methods named, replaced; the rest as they are, on the real object. */
function withMethods<T extends object>(real: T, replaced: Methods): T {
  return new Proxy(real, {
    get(target, name) {
      const own = typeof name === 'string' ? replaced[name] : undefined;
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const realStatements = new WeakMap<object, D1PreparedStatement>();

function wiredDatabase<T extends D1Database | D1DatabaseSession>(database: T, wire: Wire): T {
  const methods = database as unknown as Methods;
  const real = (statement: object) => realStatements.get(statement) ?? statement;
  return withMethods(database, {
    prepare: (sql) => wiredStatement(database.prepare(String(sql)), wire),
    batch: (statements) =>
      wire(async () => database.batch((statements as object[]).map(real) as D1PreparedStatement[])),
    exec: (sql) => wire(async () => methods['exec']?.(sql)),
    withSession: (...given) =>
      wiredDatabase((database as D1Database).withSession(given[0] as string), wire),
  });
}

function wiredStatement(statement: D1PreparedStatement, wire: Wire): D1PreparedStatement {
  const methods = statement as unknown as Methods;
  const called = (name: string) => [
    name,
    (...given: unknown[]) => wire(async () => methods[name]?.apply(statement, given)),
  ];
  const wrapped = withMethods(statement, {
    ...Object.fromEntries(['all', 'first', 'raw', 'run'].map(called)),
    bind: (...values) => wiredStatement(statement.bind(...values), wire),
  });
  realStatements.set(wrapped, statement);
  return wrapped;
}

function wiredNamespace(namespace: DurableObjectNamespace, wire: Wire): DurableObjectNamespace {
  const stubOf = (stub: DurableObjectStub) =>
    new Proxy(stub, {
      get(target, name) {
        const methods = target as unknown as Methods;
        return (...given: unknown[]) => wire(async () => methods[String(name)]?.(...given));
      },
    });
  return withMethods(namespace, {
    getByName: (name) => stubOf(namespace.getByName(String(name))),
    get: (id) => stubOf(namespace.get(id as DurableObjectId)),
  });
}
