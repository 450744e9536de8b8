/** Device cookies: tries of their own, for whoever has one; no more than five, and no others'. */
import { randomBytes } from 'node:crypto';
import { DEVICE_COOKIE } from '../../../src/http/device-cookie.ts';
import { settings, type AttackContext } from './context.ts';
import {
  answersTo,
  guesses,
  VERDICTS_ALLOWED,
  VERDICTS_ALLOWED_AT_EACH,
  withinTickets,
  withinTicketsAtEach,
} from './guessing.ts';
import { createUsers, registrar } from './users.ts';
import { fireOne } from './burst.ts';
import { login, tally, told, type Caller, type Person, type Told } from './wire.ts';

const MANY = 1_000;

export async function devices({ origin, claim }: AttackContext): Promise<void> {
  if (!settings.deviceCookies) return;
  const { owner, robbed } = await createUsers(origin, ['owner', 'robbed']);
  const logIn = async (person: Person, cookie?: string): Promise<Told> =>
    told(
      registrar,
      await fireOne(origin, login(registrar, person, cookie === undefined ? {} : holding(cookie))),
    );

  const own = await cookieOf(origin, owner);
  const aimed = guesses(owner, 200);
  const strangers = await answersTo(origin, aimed);
  const then = [await logIn(owner), await logIn(owner, own)];
  claim({
    what: '200 strangers guess at both names at once; then the owner, without the device cookie and with it',
    seen: `${tally(strangers)}; ${then.join(', ')}`,
    allowed: `${VERDICTS_ALLOWED_AT_EACH}; locked, granted`,
    holds: withinTicketsAtEach(aimed, strangers) && then.join() === 'locked,granted',
  });

  const other = await cookieOf(origin, robbed);
  const forged = await answersTo(
    origin,
    guesses(owner, 200, { caller: (n) => holding(n % 2 === 0 ? other : forgery(own)) }),
  );
  claim({
    what: "200 guesses at the locked account, with another account's cookie or a forged one",
    seen: String(tally(forged)),
    allowed: 'locked only',
    holds: tally(forged).of('locked') === forged.length,
  });

  const stolen = await cookieOf(origin, robbed);
  const thieves = await answersTo(origin, guesses(robbed, MANY, { caller: () => holding(stolen) }));
  const after = [await logIn(robbed, stolen), await logIn(robbed, other), await logIn(robbed)];
  claim({
    what: `${MANY} guesses at once with one stolen device cookie, each from its own address; then the right password with it, with another cookie of the account, and with none`,
    seen: `${tally(thieves)}; ${after.join(', ')}`,
    allowed: `${VERDICTS_ALLOWED}; locked, granted, granted`,
    holds: withinTickets(thieves) && after.join() === 'locked,granted,granted',
  });
}

const holding = (cookie: string): Caller => ({ headers: { Cookie: `${DEVICE_COOKIE}=${cookie}` } });

/** Another id under the same signature. */
const forgery = (cookie: string) => cookie.replace(/^[^~]+/, randomBytes(16).toString('base64url'));

async function cookieOf(origin: string, person: Person): Promise<string> {
  const { headers, text } = await fireOne(origin, login(registrar, person));
  const [, value] =
    new RegExp(`${DEVICE_COOKIE}=([^;]+)`).exec((headers['set-cookie'] ?? []).join(' ')) ?? [];
  if (value === undefined) throw new Error(`no device cookie for ${person.email}: ${text}`);
  return value;
}
