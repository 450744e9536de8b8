/** One authorization code, submitted a thousand times: it transfers one session, once. */
import { createHash } from 'node:crypto';
import { operationsOf } from '../../../src/contracts/routes.ts';
import { sendAll, sendOne } from '../../burst.ts';
import type { AttackContext } from './context.ts';
import { times } from './guessing.ts';
import { createUsers } from './users.ts';
import { ask, login, outcomesIn, outcomeOf, profile, served, tally, tokensIn } from './wire.ts';

const SUBMISSIONS = 1_000;
const VERIFIER = 'v'.repeat(43);
const codeChallenge = createHash('sha256').update(VERIFIER).digest('base64url');
const returnTo = 'https://app.example/callback';

export async function transfers({ origin, claim }: AttackContext): Promise<void> {
  const { one } = await createUsers(origin, 'one');
  const transferring = served.filter((contract) =>
    operationsOf(contract).includes('issue-authorization-code'),
  );
  for (const contract of transferring) {
    const page = tokensIn(contract, await sendOne(origin, login(contract, one)));
    if (page === null) throw new Error(`no login at ${contract.name}`);
    const input = { codeChallenge, returnTo, refreshToken: page.refresh };
    const asked = ask(contract, 'issue-authorization-code', { input, token: page.access });
    const code = /"code":"([\w-]+)"/.exec((await sendOne(origin, asked)).text)?.[1] ?? '';
    const exchange = (codeVerifier: string) =>
      ask(contract, 'exchange-authorization-code', { input: { code, codeVerifier, returnTo } });

    const attempts = times(SUBMISSIONS, (n) => exchange(n % 2 === 0 ? VERIFIER : 'w'.repeat(43)));
    const answers = await sendAll(origin, attempts);
    const seen = tally(outcomesIn(attempts, answers));
    const granted = answers.flatMap((answer) => tokensIn(contract, answer) ?? []);
    const shown = await Promise.all(
      granted.map(async ({ access }) => {
        const request = profile(contract, access);
        return outcomeOf(request, await sendOne(origin, request));
      }),
    );
    claim({
      what: `${SUBMISSIONS} submissions of one code at ${contract.name}, half of them with another verifier`,
      seen: `${seen}; the profile by its tokens: ${shown.join(', ')}`,
      allowed: 'one granted, and its tokens work',
      holds: seen.of('granted') === 1 && shown.join() === 'granted',
    });
  }
}
