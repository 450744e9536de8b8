/**
 * Puts an ear, or a spanner, between the app and its bindings. Every call of database, guard and mail
 * goes through one function, which may note it, break it, or do something else first. Behind
 * it are the real D1 and the real Durable Objects.
 */
export interface Call {
  to: 'database' | 'guard' | 'mail' | 'metrics';
  /** `all`, `run` or `batch` for the database, the method's name for the others. */
  method: string;
  /** The statements; for an object, its name; for mail, whom to and what it says. */
  what: string[];
  /** Which copy of the database was asked for. */
  session: string | null;
}

export type BindingInterceptor = <T>(call: Call, proceed: () => Promise<T>) => Promise<T>;

type Statement = { all: unknown; run: unknown; real: D1PreparedStatement; sql: string };

export function interceptBindings(env: Env, intercept: BindingInterceptor): Env {
  return {
    ...env,
    DB: tapDatabase(env.DB, intercept) as D1Database,
    EMAIL: tapMail(env.EMAIL, intercept),
    RATE_LIMITER: tapNamespace(env.RATE_LIMITER, 'guard', intercept),
    ACCOUNT_LOCKOUT: tapNamespace(env.ACCOUNT_LOCKOUT, 'guard', intercept),
  };
}

/** The hub of the metrics, for settings: its calls come with every request, and few tests ask. */
export const interceptMetrics = (env: Env, intercept: BindingInterceptor) => ({
  METRICS_AGGREGATOR: tapNamespace(env.METRICS_AGGREGATOR, 'metrics', intercept),
});

function tapDatabase(database: D1Database, intercept: BindingInterceptor) {
  const prepareOn = (connection: D1Database | D1DatabaseSession, session: string | null) => {
    return (sql: string) => ({
      bind: (...values: unknown[]): Statement => {
        const real = connection.prepare(sql).bind(...values);
        const call = (method: string) => ({
          to: 'database' as const,
          method,
          what: [sql],
          session,
        });
        return {
          real,
          sql,
          all: () => intercept(call('all'), () => real.all()),
          run: () => intercept(call('run'), () => real.run()),
        };
      },
    });
  };
  return {
    prepare: prepareOn(database, null),
    withSession: (constraint: string) => ({
      prepare: prepareOn(database.withSession(constraint), constraint),
    }),
    batch: (statements: Statement[]) =>
      intercept(
        { to: 'database', method: 'batch', what: statements.map(({ sql }) => sql), session: null },
        () => database.batch(statements.map(({ real }) => real)),
      ),
  } as unknown;
}

function tapMail(binding: SendEmail, intercept: BindingInterceptor): SendEmail {
  const send = (mail: { to: string; subject: string; text: string }) =>
    intercept(
      { to: 'mail', method: 'send', what: [mail.to, mail.subject, mail.text], session: null },
      () => binding.send(mail as never),
    );
  return { send } as unknown as SendEmail;
}

function tapNamespace<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  to: 'guard' | 'metrics',
  intercept: BindingInterceptor,
): DurableObjectNamespace<T> {
  const getByName = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, method: string) => {
          return (...given: unknown[]) =>
            intercept({ to, method, what: [name], session: null }, async () => {
              const stub = namespace.getByName(name) as unknown as Record<
                string,
                (...given: unknown[]) => Promise<never>
              >;
              return stub[method]?.(...given) as Promise<never>;
            });
        },
      },
    );
  return { getByName } as unknown as DurableObjectNamespace<T>;
}
