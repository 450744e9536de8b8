/** Where the proof takes place, by which rules, and what it claims of what it saw. */
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { contracts } from '../../../src/contracts/index.ts';
import { readSettings } from '../../../src/settings.ts';
import { root } from '../../install.mjs';
import { makers } from '../../secrets.ts';

const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });

/** As it is deployed, but for plain http and letters that can be read at once: that is loopback. */
export const bindings: Record<string, unknown> = {
  ...config.vars,
  SERVER_KEY: makers.SERVER_KEY(),
  TOKEN_KEYS: makers.TOKEN_KEYS(),
  OPERATOR_TOKEN: makers.OPERATOR_TOKEN(),
  LOCAL_DEVELOPMENT: 'true',
  EMAIL_DELAY_MS: 0,
};
export const compatibilityDate = config.compatibility_date ?? '';
export const settings = readSettings(bindings, contracts);

export interface Claim {
  what: string;
  seen: string;
  allowed: string;
  holds: boolean;
}

export interface AttackContext {
  origin: string;
  claim(claim: Claim): void;
}

/** Prints each claim as it is made. */
export function createClaims() {
  let made = 0;
  let broken = 0;
  return {
    claim({ what, seen, allowed, holds }: Claim): void {
      made += 1;
      if (!holds) broken += 1;
      console.log(`${holds ? 'PASS' : 'FAIL'}  ${what} — ${seen} — allowed: ${allowed}`);
    },
    sum: () => ({ made, broken }),
  };
}
