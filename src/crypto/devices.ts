/**
 * Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a browser on which
 * a user has signed in has a lockout of its own at that account, so that strangers who lock the
 * account do not lock its owner out.
 *
 * The cookie does not authenticate. It is signed with a key of its own, names the account only within
 * the signature, and is valid until it is too old or the account's device version goes up. Nothing is
 * stored about it. Each login issues a new one; a copy of an older one has a lockout of its own.
 */
import type { Devices } from '../flows/ports/tokens.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';
import { randomText } from './random.ts';

/** A random id of 128 bits, the account's device version, the Unix time in seconds, and the MAC. */
const COOKIE = /^([\w-]{22})~(\d{1,15})~(\d{1,12})~([\w-]{43})$/;
const ID_BYTES = 16;

/** No user has this id: the same work is done where there is no account. */
const NO_USER_ID = 0;

interface DevicesOptions {
  mac: Mac;
  nowMs(): number;
  lifetimeSeconds: number;
  /** False: no cookie is issued, and none is accepted. */
  enabled: boolean;
}

export function createDevices({ mac, nowMs, lifetimeSeconds, enabled }: DevicesOptions): Devices {
  const sign = (userId: number, terms: string) => mac('device', `${userId}~${terms}`);

  return {
    async lockoutKeyFor(cookie, account) {
      const parts = enabled && cookie !== null ? COOKIE.exec(cookie) : null;
      if (parts === null) return null;
      const [, id = '', version = '', issuedAt = '', signature = ''] = parts;
      const userId = account?.user.id ?? NO_USER_ID;
      const expected = await sign(userId, `${id}~${version}~${issuedAt}`);
      if (!equalTexts(signature, expected) || account === null) return null;
      // A higher version means that the account was read from a stale replica: it is accepted.
      if (Number(version) < account.deviceVersion) return null;
      if (nowMs() >= (Number(issuedAt) + lifetimeSeconds) * 1000) return null;
      return mac('account', `device:${id}`);
    },

    async issue({ userId, deviceVersion }) {
      if (!enabled) return null;
      const terms = `${randomText(ID_BYTES)}~${deviceVersion}~${Math.floor(nowMs() / 1000)}`;
      return `${terms}~${await sign(userId, terms)}`;
    },
  };
}
