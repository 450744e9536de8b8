/** Secrets of second factors: the codes that prove them, where they open, and under which keys. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFactorSecrets } from '../../src/crypto/factors/factor-secrets.ts';
import { createMac } from '../../src/crypto/keys.ts';
import type { Factor } from '../../src/flows/model/factor.ts';
import type { Account } from '../../src/flows/model/user.ts';
import { alice } from '../unit/flows/fixtures.ts';

afterEach(() => vi.restoreAllMocks());

const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
const FIRST = { id: 'k1', key: keyOf(1) };
const NEW = { id: 'k.2', key: keyOf(2) };
const OLD = { id: 'old', key: keyOf(3) };
const secretsUnder = (...keys: (typeof FIRST)[]) =>
  createFactorSecrets({ keys, mac: createMac(keyOf(1)), maxFactors: 5, issuer: 'Gatehouse' });
const secrets = secretsUnder(FIRST);

/** In the time step 56,666,666. */
const NOW_MS = 1_700_000_000_000;
const STEP = 56_666_666;
/** Codes of RFC 4226's secret, by step. */
const TWO_AGO = '713364';
const BEFORE = '276857';
const CODE = '921300';
const AFTER = '732303';
const TWO_AHEAD = '136087';
/** The code of another secret, in the same step. */
const OTHER_CODE = '526458';

const totp: Factor = {
  id: 'factor-1',
  kind: 'totp',
  /** RFC 4226's secret as Node's own HKDF and AES-256-GCM seal it for user 7. */
  secret: 'k1~CQkJCQkJCQkJCQkJhEOBExVRvhiQRwth7ihXu8kRrg5RYUFHq_Xj-dmQ0-dg-X_3XL7zD2JAqg',
  name: null,
  createdAtMs: 0,
  confirmedAtMs: 1,
  lastUsedAtMs: null,
  lastStep: 0,
};
const other: Factor = {
  ...totp,
  id: 'factor-2',
  secret: 'k1~CAgICAgICAgICAgIpn3KdjBeezIJmOZEDMkvVV2G1aaAbFvEvL-DzuFjtQHUGKMAL9FMYLjlQw',
};
/** RFC 4226's secret under OLD. */
const underOld: Factor = {
  ...totp,
  id: 'factor-3',
  secret: 'old~BwcHBwcHBwcHBwcHWmyEjzPBuDnbvoO6HKXzs34l8O7jCigkflLfXtPfQtBWG0gi6G4opZiYJA',
};
const RECOVERY_CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ';
const recovery: Factor = {
  ...totp,
  id: 'recovery-1',
  kind: 'recovery-code',
  /** HMAC-SHA256 of `7:` and the code, as Node makes it. */
  secret: '3Amca4eHrCJOH309I6FerETIMK7isYIlqeEYUD8QWNA',
};

const accountWith = (...factors: Factor[]): Account => ({ ...alice, factors });
const match = (account: Account | null, code: string, by = secrets) =>
  by.match(account, code, { nowMs: NOW_MS, enrolling: false });
const useOf = (factor: Factor, step = STEP) => ({
  factorId: factor.id,
  kind: factor.kind,
  step,
  resealed: null,
});

describe('a code of six digits', () => {
  it.each([
    ['of this step', CODE, STEP],
    ['of the step before', BEFORE, STEP - 1],
    ['of the step after', AFTER, STEP + 1],
    ['with a space', '921 300', STEP],
    ['with spaces everywhere', ' 9\u00a02\t1 3 0 0\n', STEP],
    ['with a dash', '921-300', STEP],
    ['in Arabic-Indic digits', '٩٢١٣٠٠', STEP],
    ['in full-width digits', '９２１３００', STEP],
    ['in mathematical digits', '𝟗𝟮𝟙𝟹𝟬𝟢', STEP],
  ])('%s proves its factor', async (_, code, step) => {
    expect(await match(accountWith(other, totp), code)).toEqual(useOf(totp, step));
  });

  it.each([
    ['of the step before last', TWO_AGO],
    ['of the step after next', TWO_AHEAD],
    ['of another secret', OTHER_CODE],
    ['without one digit', '92130'],
    ['with a digit more', '0921300'],
    ['with nothing in it', ''],
    ['with a letter', '92130O'],
    ['in superscript digits', '⁹²¹³⁰⁰'],
  ])('%s proves nothing', async (_, code) => {
    expect(await match(accountWith(totp, recovery), code)).toBeNull();
  });

  it('of a step that is used up, or of one before it, proves nothing', async () => {
    const used = accountWith({ ...totp, lastStep: STEP });
    expect(await match(used, CODE)).toBeNull();
    expect(await match(used, BEFORE)).toBeNull();
    expect(await match(used, AFTER)).toEqual(useOf(totp, STEP + 1));
    expect(await match(accountWith({ ...totp, lastStep: STEP - 1 }), CODE)).toEqual(useOf(totp));
  });

  it('proves an unconfirmed factor to its enrolment alone', async () => {
    const unconfirmed = { ...totp, confirmedAtMs: null };
    const enrol = (code: string, ...factors: Factor[]) =>
      secrets.match(accountWith(...factors), code, { nowMs: NOW_MS, enrolling: true });
    expect(await match(accountWith(unconfirmed, other), CODE)).toBeNull();
    expect(await enrol(CODE, other, unconfirmed, recovery)).toEqual(useOf(totp));
    expect(await enrol(OTHER_CODE, other, unconfirmed, recovery)).toBeNull();
    expect(await enrol(CODE, { ...unconfirmed, lastStep: STEP })).toBeNull();
    expect(await enrol(RECOVERY_CODE, unconfirmed, recovery)).toBeNull();
  });

  it('proves nothing where there is no account, or no factor', async () => {
    expect(await match(null, CODE)).toBeNull();
    expect(await match(accountWith(), CODE)).toBeNull();
    expect(await match(null, CODE, secretsUnder())).toBeNull();
  });

  it.each([
    ['wrong', '000000'],
    ['right', CODE],
    ['no TOTP', RECOVERY_CODE],
  ])('that is %s takes the same work for every account', async (_, code) => {
    await match(null, '000000');
    const calls = ['decrypt', 'importKey', 'sign', 'timingSafeEqual'] as const;
    const spies = calls.map((name) => vi.spyOn(crypto.subtle, name));
    const works = [];
    for (const account of [
      null,
      accountWith(),
      accountWith(totp),
      accountWith(recovery, totp, other),
      accountWith(...Array.from({ length: 5 }, () => totp)),
      accountWith({ ...totp, confirmedAtMs: null }, ...Array.from({ length: 10 }, () => recovery)),
    ]) {
      for (const spy of spies) spy.mockClear();
      await match(account, code);
      works.push(spies.map((spy) => spy.mock.calls.length));
    }
    const isTotp = code !== RECOVERY_CODE;
    for (const work of works) expect(work).toEqual(isTotp ? [5, 5, 15, 15] : [0, 0, 1, 10]);
  });
});

describe('a sealed secret', () => {
  const flipped = totp.secret.replace(
    /.{5}$/,
    (end) => (end[0] === 'A' ? 'B' : 'A') + end.slice(1),
  );

  it.each([
    ["of another user's factor", { ...alice, user: { ...alice.user, id: 8 }, factors: [totp] }],
    ['of another factor', accountWith({ ...totp, id: 'factor-9' })],
    ['with a byte flipped', accountWith({ ...totp, secret: flipped })],
    ['with its end cut off', accountWith({ ...totp, secret: totp.secret.slice(0, -4) })],
    [
      'under the id of another key',
      accountWith({ ...totp, secret: totp.secret.replace(/^k1/, 'k.2') }),
    ],
  ])('%s does not open, and the error names key and factor', async (_, account) => {
    const named = new RegExp(
      `^The key "k[.]?[12]" of FACTOR_KEYS does not open the secret of factor ${account.factors[0]?.id}: `,
    );
    await expect(match(account, CODE, secretsUnder(FIRST, NEW))).rejects.toThrow(named);
  });

  it('under a lost key is an error that names the key, and leaves other factors good', async () => {
    const lost =
      'FACTOR_KEYS lacks the key "old" of the secret of factor factor-3: add it behind the others';
    await expect(match(accountWith(underOld), CODE)).rejects.toThrow(lost);
    await expect(match(accountWith(underOld), CODE, secretsUnder())).rejects.toThrow(lost);
    const account = accountWith(underOld, other, recovery);
    await expect(match(account, CODE)).rejects.toThrow(lost);
    expect(await match(account, OTHER_CODE)).toEqual(useOf(other));
    expect(await match(account, RECOVERY_CODE)).toEqual(useOf(recovery, 1));
  });

  it('that is no sealed text is an error which does not show it', async () => {
    const account = accountWith({ ...totp, secret: 'GEZDGNBVGY3TQOJQ' });
    await expect(match(account, CODE)).rejects.toThrow(
      'lacks the key "" of the secret of factor factor-1',
    );
    await expect(match(account, CODE)).rejects.not.toThrow('GEZDGNBV');
  });

  it('moves to the first key with its use, and then needs no other', async () => {
    const use = await match(accountWith(underOld), CODE, secretsUnder(NEW, OLD));
    expect(use).toMatchObject({ factorId: 'factor-3', step: STEP });
    const { resealed } = use ?? {};
    expect(resealed).toMatch(/^k\.2~[\w-]{74}$/);
    const moved = accountWith({ ...underOld, secret: String(resealed) });
    expect(await match(moved, CODE, secretsUnder(NEW))).toEqual(useOf(underOld));
    // The first one's id is the beginning of the other's.
    const shorter = secretsUnder({ ...NEW, id: 'k' }, FIRST);
    expect((await match(accountWith(totp), CODE, shorter))?.resealed).toMatch(/^k~/);
  });
});

describe('a new TOTP factor', () => {
  const owner = { userId: 7, factorId: 'factor-4' };
  const label = 'alice@example.com';

  it('has a secret of its own, for its owner to read and sealed for the store', async () => {
    const made = await Promise.all([secrets.newTotp(owner, label), secrets.newTotp(owner, label)]);
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(2);
    for (const { sealed, secret, uri } of made) {
      expect(secret).toMatch(/^[A-Z2-7]{32}$/);
      expect(uri).toBe(
        `otpauth://totp/Gatehouse:alice%40example.com?secret=${secret}&issuer=Gatehouse`,
      );
      expect(sealed).toMatch(/^k1~[\w-]{74}$/);
    }
  });

  it('is proven by the codes of the secret that was shown', async () => {
    // RFC 4226's secret, drawn.
    vi.spyOn(crypto, 'getRandomValues').mockImplementationOnce((array) => {
      (array as unknown as Uint8Array).set(new TextEncoder().encode('12345678901234567890'));
      return array;
    });
    const { sealed, secret } = await secretsUnder(NEW, FIRST).newTotp(owner, label);
    expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(sealed).toMatch(/^k\.2~/);
    const factor = { ...totp, id: 'factor-4', secret: sealed };
    expect(await match(accountWith(factor), CODE, secretsUnder(NEW))).toEqual(useOf(factor));
  });

  it('is not made without a key to seal its secret', async () => {
    await expect(secretsUnder().newTotp(owner, label)).rejects.toThrow('FACTOR_KEYS is empty');
  });
});

describe('a recovery code', () => {
  it.each([
    ['as shown', RECOVERY_CODE],
    ['without groups and in lower case', '0123456789abcdefghjkmnpq'],
    ['with letters that look like digits', 'OL23 4567 89AB CDEF GHJK MNPQ'],
  ])('%s proves itself', async (_, code) => {
    expect(await match(accountWith(totp, recovery), code)).toEqual(useOf(recovery, 1));
  });

  it.each([
    ["another user's", { ...alice, user: { ...alice.user, id: 8 }, factors: [recovery] }],
    ['used up', accountWith(totp)],
    ['of no account', null],
    ['stored as it is shown', accountWith({ ...recovery, secret: RECOVERY_CODE })],
    ['the hash of a TOTP factor', accountWith({ ...recovery, kind: 'totp' })],
  ])('that is %s proves nothing', async (_, account) => {
    expect(await match(account, RECOVERY_CODE)).toBeNull();
  });

  it('is one of ten, each stored as a keyed hash and found by it', async () => {
    const { shown, stored } = await secrets.newRecoveryCodes(7);
    expect(shown).toHaveLength(10);
    expect(new Set(shown).size).toBe(10);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(10);
    const account = accountWith(...stored.map((code) => ({ ...recovery, ...code })));
    for (const [index, code] of shown.entries()) {
      expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(stored[index]?.secret).toMatch(/^[\w-]{43}$/);
      expect((await match(account, code))?.factorId).toBe(stored[index]?.id);
    }
    const others = createFactorSecrets({
      keys: [FIRST],
      mac: createMac(keyOf(2)),
      maxFactors: 5,
      issuer: 'Gatehouse',
    });
    expect(await match(account, shown[0] ?? '', others)).toBeNull();
  });
});
