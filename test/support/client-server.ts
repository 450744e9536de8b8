/**
 * Starts the Worker on a port of its own, for one file of tests in which unmodified client packages
 * sign in over HTTP. ISSUER, and with it the pages' origin, is the server's origin.
 */
import { join } from 'node:path';
import { Response } from 'miniflare';
import { vi } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { readSettings } from '../../src/settings.ts';
import { bundled } from '../../tools/bench/build.ts';
import { root } from '../../tools/install.mjs';
import { freePort } from '../../tools/process.ts';
import {
  migrate,
  settingsWith,
  startServer,
  type Server,
  type WorkerDefinition,
} from '../../tools/server.ts';
import { demoSql, type DemoAccount } from '../fixtures/demo-accounts.ts';

export interface ClientUser extends DemoAccount {
  username: string;
}

export interface ClientServer {
  /** `http://localhost:<port>` */
  origin: string;
  database: D1Database;
  /** The origin of another Worker that was started beside it. */
  originOf(worker: string): string;
  /** Adds an account of its own for a test: verified and active unless `account` says otherwise. */
  createUser(account?: Partial<ClientUser>): Promise<ClientUser>;
  /** Waits for an e-mail to the address in which `pattern` occurs, and returns the newest one's group. */
  inMailTo(address: string, pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

type TestSettings = { CONTRACTS: readonly string[] } & Record<string, unknown>;

const PORTS_TRIED = 5;

/**
 * `settings`: those that differ from wrangler.toml, over a password cost that is cheap. `others`: Workers
 * beside the one that they know by this origin.
 */
export async function startClientServer(
  settings: TestSettings,
  others: (origin: string) => WorkerDefinition[] = () => [],
): Promise<ClientServer> {
  const script = await bundled(join(root, 'src', 'worker.ts'));
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    const bindings = settingsWith({
      ISSUER: `http://localhost:${port}`,
      PASSWORD_COST: { iterations: 100, rounds: 6 },
      EMAIL_DELAY_MS: 0,
      ...settings,
    });
    const worker = {
      name: 'gatehouse',
      script,
      bindings,
      database: 'gatehouse',
      objects: 'all' as const,
      options: {
        email: { send_email: [{ name: 'EMAIL' }] },
        serviceBindings: { ASSETS: () => Response.json({}) },
      },
    };
    try {
      const origin = bindings['ISSUER'] as string;
      const server = await startServer({ workers: [worker, ...others(origin)], port });
      return await prepared(server, { origin, bindings });
    } catch (error) {
      // Another process has taken the port in the meantime.
      if (tried === PORTS_TRIED || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function prepared(
  server: Server,
  { origin, bindings }: { origin: string; bindings: Record<string, unknown> },
): Promise<ClientServer> {
  const database = await server.database();
  await migrate(database);
  const { passwords } = readSettings(bindings, contracts);
  const { hash } = createPasswords(passwords, async () => undefined);
  let users = 0;
  return {
    origin,
    database,
    originOf: (worker) => server.url(worker),
    createUser: async (account = {}) => {
      users += 1;
      const user = {
        username: `user-${users}`,
        email: `user-${users}@clients.example`,
        password: 'a tall green lamp by the door',
        createdAt: '2025-10-30T09:00:00.000Z',
        ...account,
      };
      const statements = await demoSql(hash, [user]);
      await database.batch(statements.map((sql) => database.prepare(sql)));
      return user;
    },
    inMailTo: (address, pattern) =>
      // E-mails are sent after the answer.
      vi.waitFor(
        async () => {
          const page = await (await fetch(`${origin}/dev/mail`)).text();
          const mails = page.split('<article').filter((mail) => mail.includes(` ${address} `));
          const found = mails.flatMap((mail) => pattern.exec(mail)?.[1] ?? [])[0];
          if (found === undefined) throw new Error(`no e-mail to ${address} has ${pattern}`);
          return found;
        },
        { timeout: 30_000, interval: 50 },
      ),
    close: () => server.close(),
  };
}

let addresses = 0;

/** Returns a header for a client whose attempts count against an address of its own. */
export function newAddress(): { 'CF-Connecting-IP': string } {
  addresses += 1;
  return { 'CF-Connecting-IP': `198.19.${addresses >> 8}.${addresses & 255}` };
}
