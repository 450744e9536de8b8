/** Device cookies: attempts of their own for their holder, no more than the threshold. */
import { randomBytes } from 'node:crypto';
import { FORM, routeOf } from '../../../src/contracts/routes.ts';
import { DEVICE_COOKIE } from '../../../src/http/cookies.ts';
import { sendOne } from '../../burst.ts';
import { settings, type AttackContext } from './context.ts';
import {
  guesses,
  MANY,
  VERDICTS,
  VERDICTS_PER_NAME,
  withinTickets,
  withinTicketsPerName,
} from './guessing.ts';
import { createUsers, registrar } from './users.ts';
import {
  login,
  outcomesInTurn,
  outcomesOf,
  served,
  tally,
  type Client,
  type Person,
} from './wire.ts';

const holding = (cookie: string): Client => ({ headers: { Cookie: `${DEVICE_COOKIE}=${cookie}` } });

/** No cookie is read with a form: a guess there counts at the name. */
const readingCookies = served.filter((contract) => routeOf(contract, 'login').accepts !== FORM);

/** Another id under the same signature. */
const forged = (cookie: string) => cookie.replace(/^[^~]+/, randomBytes(16).toString('base64url'));

export async function devices({ origin, claim }: AttackContext): Promise<void> {
  if (!settings.deviceCookies) return;
  const { owner, victim } = await createUsers(origin, 'owner', 'victim');
  const newCookie = async (person: Person): Promise<string> => {
    const { headers, text } = await sendOne(origin, login(registrar, person));
    const cookies = (headers['set-cookie'] ?? []).join(' ');
    const [, value] = new RegExp(`${DEVICE_COOKIE}=([^;]+)`).exec(cookies) ?? [];
    if (value === undefined) throw new Error(`no device cookie for ${person.email}: ${text}`);
    return value;
  };
  const loginsWith = (person: Person, ...cookies: (string | undefined)[]) =>
    outcomesInTurn(
      origin,
      cookies.map((cookie) =>
        login(registrar, person, cookie === undefined ? {} : holding(cookie)),
      ),
    );

  const own = await newCookie(owner);
  const attacks = guesses(owner, 200);
  const attackers = await outcomesOf(origin, attacks);
  const then = await loginsWith(owner, undefined, own);
  claim({
    what: '200 attackers guess at both names at once; then the owner, without the device cookie and with it',
    seen: `${tally(attackers)}; ${then.join(', ')}`,
    allowed: `${VERDICTS_PER_NAME}; locked, granted`,
    holds: withinTicketsPerName(attacks, attackers) && then.join() === 'locked,granted',
  });

  const other = await newCookie(victim);
  const client = (n: number) => holding(n % 2 === 0 ? other : forged(own));
  const forgeries = tally(await outcomesOf(origin, guesses(owner, 200, { client })));
  claim({
    what: "200 guesses at the locked account, with another account's cookie or a forged one",
    seen: String(forgeries),
    allowed: 'locked only',
    holds: forgeries.of('locked') === 200,
  });

  const stolen = await newCookie(victim);
  const thieves = await outcomesOf(
    origin,
    guesses(victim, MANY, { contracts: readingCookies, client: () => holding(stolen) }),
  );
  const after = await loginsWith(victim, stolen, other, undefined);
  claim({
    what: `${MANY} guesses at once with one stolen device cookie, each from its own address; then the right password with it, with another cookie of the account, and with none`,
    seen: `${tally(thieves)}; ${after.join(', ')}`,
    allowed: `${VERDICTS}; locked, granted, granted`,
    holds: withinTickets(thieves) && after.join() === 'locked,granted,granted',
  });
}
