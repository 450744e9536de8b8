/** The facts that contracts make their claims of. */
import { expect, it } from 'vitest';
import type { ClaimContext } from '../../../src/flows/model/token-rules.ts';
import { login } from '../../../src/flows/login.ts';
import { refresh } from '../../../src/flows/refresh.ts';
import { renew } from '../../../src/flows/renew.ts';
import { createFakes, rules } from './fakes.ts';

const sessionLimits = { absoluteSeconds: 100_000 };
const attempt = {
  identifier: { kind: 'email', value: 'alice@example.com' },
  password: 'right',
  remember: false,
  code: null,
} as const;

type Request = ReturnType<typeof createFakes>['request'];

it.each([
  ['login', (request: Request) => login({ ...request, attempt }), 1_700_000_000_000],
  [
    'refresh',
    (request: Request) => refresh({ ...request, sessionLimits, refreshToken: 'a token' }),
    1_699_996_400_000,
  ],
  [
    'renew',
    (request: Request) => renew({ ...request, sessionLimits, token: 'a token' }),
    1_699_996_400_000,
  ],
])('%s tells when the password was verified', async (_, ask, expected) => {
  const seen: ClaimContext[] = [];
  const { request } = createFakes();
  const claims = (context: ClaimContext) => {
    seen.push(context);
    return { access: {}, refresh: {} };
  };
  await ask({ ...request, rules: { ...rules, tokens: { ...rules.tokens, claims } } });
  expect(seen).toMatchObject([{ issuedAtMs: 1_700_000_000_000, authenticatedAtMs: expected }]);
});
