/** The instance under attack, its settings, and the claims that the proof makes. */
import { Response } from 'miniflare';
import { contracts } from '../../../src/contracts/index.ts';
import { readSettings } from '../../../src/settings.ts';
import { makers } from '../../secrets.ts';
import { migrate, settingsWith, startServer, type Server } from '../../server.ts';

/** As deployed, but over plain HTTP, and with e-mail that can be read at once. */
export const operatorToken = makers.OPERATOR_TOKEN();
const vars = settingsWith({ OPERATOR_TOKEN: operatorToken });
const immediate = contracts.filter(
  ({ name, canRegisterImmediately, requiresVerifiedEmail }) =>
    canRegisterImmediately &&
    !requiresVerifiedEmail &&
    (vars['CONTRACTS'] as string[]).includes(name),
);
const bindings = { ...vars, IMMEDIATE_REGISTRATION: immediate.map(({ name }) => name) };
export const settings = readSettings(bindings, contracts);
export const { threshold } = settings.lockout;

/** Starts the bundle on the data of a directory; `isNew`: the directory is empty. */
export async function startGatehouse(
  script: string,
  { persistTo, isNew }: { persistTo: string; isNew: boolean },
): Promise<Server> {
  const worker = {
    name: 'gatehouse',
    script,
    bindings,
    database: 'gatehouse',
    objects: 'all' as const,
    options: {
      email: { send_email: [{ name: 'EMAIL' }] },
      // The page of local e-mails is read as text: it needs no styles.
      serviceBindings: { ASSETS: () => Response.json({}) },
    },
  };
  const server = await startServer({ workers: [worker], persistTo });
  if (isNew) await migrate(await server.database());
  return server;
}

export interface Claim {
  /** The attack. */
  what: string;
  /** The observation, and the allowed ones, in words. */
  seen: string;
  allowed: string;
  holds: boolean;
}

export interface AttackContext {
  origin: string;
  /** Started here, with the settings above; another instance may have others. */
  isOwn: boolean;
  claim(claim: Claim): void;
}

/** Prints each claim as it is made, and counts them. */
export function createClaims() {
  const counts = { made: 0, broken: 0 };
  return {
    counts,
    claim({ what, seen, allowed, holds }: Claim): void {
      counts.made += 1;
      if (!holds) counts.broken += 1;
      console.log(`${holds ? 'PASS' : 'FAIL'}  ${what} — ${seen} — allowed: ${allowed}`);
    },
  };
}
