/**
 * Makes secrets. `npm run --silent secret NAME` prints a fresh one, to be piped into
 * `wrangler secret put NAME`; `npm start` puts those that are missing into .dev.vars.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { generateKey } from './key-set.ts';

const random = () => randomBytes(32).toString('base64url');

export const makers = {
  SERVER_KEY: random,
  TOKEN_KEYS: () => JSON.stringify({ keys: [generateKey('EdDSA')] }),
  OPERATOR_TOKEN: random,
  PEPPERS: () => JSON.stringify([{ id: randomBytes(4).toString('hex'), key: random() }]),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const make = new Map(Object.entries(makers)).get(process.argv[2] ?? '');
  if (make === undefined) {
    console.error(`Name one of ${Object.keys(makers).join(', ')}.`);
    process.exit(1);
  }
  console.log(make());
}
