/** A database whose answer to the first batch is lost, after it was stored or before. */
export function losingFirstBatch(database: D1Database, isStored = true): D1Database {
  let calls = 0;
  return new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'batch') return typeof value === 'function' ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        calls += 1;
        if (calls > 1) return target.batch(statements);
        if (isStored) await target.batch(statements);
        throw new Error('connection lost');
      };
    },
  });
}
