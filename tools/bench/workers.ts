/** The Workers that the bench measures: the application, and baselines beside it. */
import type { PasswordCost } from '../../src/crypto/passwords/format.ts';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { insertRows, userRow } from '../../test/fixtures/rows.ts';
import {
  migrate,
  settingsWith,
  startServer,
  type Server,
  type ServerOptions,
  type WorkerDefinition,
} from '../server.ts';
import { statements } from './statements.ts';

export const PASSWORD = 'correct horse battery staple';
export const USERS = 64;
export const LIMITED_CONTRACT = 'email-remember';
export const WIDER_CONTRACT = 'email-cookie';

export const DEPLOYED_COST: PasswordCost = { iterations: 100_000, rounds: 6 };
/** Refused in a deployment (settings.ts); makes the rest of a login visible. */
export const CUT_COST: PasswordCost = { iterations: 1, rounds: 1 };

export interface Definition extends Pick<WorkerDefinition, 'database' | 'objects' | 'options'> {
  script: string;
  bindings?: object | (() => Promise<object>);
}

export const gatehouse = (cost: PasswordCost, settings: object = {}) => ({
  database: 'gatehouse',
  objects: 'limits' as const,
  bindings: settingsWith({ PASSWORD_COST: cost, ...settings }),
});

// One attempt a minute, so that the second is refused; and more e-mail than a deployment sends.
const measured = (cost: PasswordCost) =>
  gatehouse(cost, {
    ADDRESS_LIMITS: { [LIMITED_CONTRACT]: 1 },
    EMAIL_LIMITS: { perHour: 1_000_000 },
  });

const table = {
  app: { script: 'app', ...measured(DEPLOYED_COST) },
  cut: { script: 'app', ...measured(CUT_COST) },
  unsliced: { script: 'unsliced', ...measured(DEPLOYED_COST) },
  counted: { script: 'counted', ...measured(CUT_COST) },
  distant: {
    script: 'distant',
    ...measured(DEPLOYED_COST),
    options: { email: { send_email: [{ name: 'EMAIL' }] } },
  },
  calls: {
    script: 'calls',
    database: 'gatehouse',
    objects: 'limits',
    bindings: async () => ({ STATEMENTS: await statements(LIMITED_CONTRACT) }),
  },
  'no-op': {
    script: 'no-op',
    database: 'gatehouse',
    objects: 'limits',
    bindings: async () => ({ PROBE: (await statements(LIMITED_CONTRACT)).probe }),
  },
  derives: { script: 'derives' },
  hono: { script: 'hono' },
} satisfies Record<string, Definition>;

export type WorkerName = keyof typeof table;
export type Scripts = Readonly<Record<string, string>>;
type StartOptions = Omit<ServerOptions, 'workers'>;

/** Returns a function that starts the named Workers of a table in one workerd. */
export const starterOf =
  <Name extends string>(table: Record<Name, Definition>) =>
  async (scripts: Scripts, names: readonly Name[], options?: StartOptions): Promise<Server> => {
    const workers = names.map(async (name): Promise<WorkerDefinition> => {
      const { script, bindings = {}, ...rest }: Definition = table[name];
      return {
        ...rest,
        name,
        script: scripts[script] ?? '',
        bindings: typeof bindings === 'function' ? await bindings() : bindings,
      };
    });
    return startServer({ ...options, workers: await Promise.all(workers) });
  };

export const startWorkers = starterOf<WorkerName>(table);

/** Inserts users `right-<n>` with a hash of the deployed cost, and `cut-<n>` with one of the cut cost. */
export async function seedDatabase(server: Server, amount = USERS): Promise<void> {
  const database = await server.database();
  await migrate(database);
  for (const [prefix, cost] of [
    ['right', DEPLOYED_COST],
    ['cut', CUT_COST],
  ] as const) {
    // One hash serves all users, since the application caches none.
    const passwords = createPasswords({ cost, peppers: [] }, async () => undefined);
    const password_hash = await passwords.hash(PASSWORD);
    const rows = Array.from({ length: amount }, (_, n) =>
      userRow({ email: `${prefix}-${n}@bench.example`, name: `User ${n}`, password_hash }),
    );
    await insertRows(database, rows);
  }
}
