/**
 * Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a browser that
 * somebody has signed in on keeps attempts of its own at that account, so that strangers who lock
 * the account do not lock its owner out.
 *
 * The cookie opens nothing. It is signed with a key of its own, names the account only within the
 * signature, and lasts until it is too old or the account's device version has moved on. Nothing is
 * stored about it. Each login gives a new one; a copy of an older one has attempts, and a
 * lock, of its own.
 */
import { base64url } from 'jose';
import type { Devices } from '../flows/ports/tokens.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';

/** A random id of 128 bits, the account's device version, the moment in seconds, and the MAC. */
const COOKIE = /^([\w-]{22})~(\d{1,15})~(\d{1,12})~([\w-]{43})$/;
const ID_BYTES = 16;

/** No user has this number: the same work is done where there is no account. */
const NOBODY = 0;

interface DevicesOptions {
  mac: Mac;
  nowMs(): number;
  lifetimeSeconds: number;
  /** Off: no cookie is given, and none counts. */
  enabled: boolean;
}

export function createDevices({ mac, nowMs, lifetimeSeconds, enabled }: DevicesOptions): Devices {
  const sign = (userId: number, terms: string) => mac('device', `${userId}~${terms}`);

  return {
    async lockoutKeyFor(cookie, account) {
      const parts = enabled && cookie !== null ? COOKIE.exec(cookie) : null;
      if (parts === null) return null;
      const [, id = '', version = '', issuedAt = '', signature = ''] = parts;
      const verifiedTokens = await sign(account?.user.id ?? NOBODY, `${id}~${version}~${issuedAt}`);
      if (!equalTexts(signature, verifiedTokens) || account === null) return null;
      // Ahead of what was read of the account: a copy of the database that is behind.
      if (Number(version) < account.deviceVersion) return null;
      if (nowMs() >= (Number(issuedAt) + lifetimeSeconds) * 1000) return null;
      return mac('account', `device:${id}`);
    },

    async issue({ userId, deviceVersion }) {
      if (!enabled) return null;
      const id = base64url.encode(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
      const terms = `${id}~${deviceVersion}~${Math.floor(nowMs() / 1000)}`;
      return `${terms}~${await sign(userId, terms)}`;
    },
  };
}
