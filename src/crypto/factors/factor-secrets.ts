/**
 * Secrets of second factors. A TOTP secret has to be readable, so it is sealed under a key of the
 * FACTOR_KEYS setting, whose id it begins with: the first key seals, all open. It is bound to its user
 * and factor, so that a row that was copied to another account proves nothing there.
 */
import { base64url } from 'jose';
import type { Factor, FactorUse } from '../../flows/model/factor.ts';
import type { FactorSecrets } from '../../flows/ports/factor-secrets.ts';
import { equalTexts } from '../equal.ts';
import { createSealKey, type Mac } from '../keys.ts';
import { open, seal } from '../seal.ts';
import { encodeBase32 } from './base32.ts';
import { normaliseCodeText } from './code-text.ts';
import { hashRecoveryCode, newRecoveryCode, RECOVERY_CODES } from './recovery-codes.ts';
import { matchingStep, newSecret, totpUri } from './totp.ts';

interface FactorKey {
  id: string;
  key: Uint8Array;
}

interface FactorSecretsOptions {
  /** The first seals, all open. */
  keys: readonly FactorKey[];
  mac: Mac;
  /** Confirmed TOTP factors of one account. */
  maxFactors: number;
  /** The name of the service, as authenticator apps show it. */
  issuer: string;
}

interface Owner {
  userId: number;
  factorId: string;
}

const SIX_DIGITS = /^\d{6}$/;
const SEALED = /^([\w.-]{1,64})~([\w-]+)$/;
/** No user and no factor have these ids: the same work is done where there is none. */
const NO_OWNER: Owner = { userId: 0, factorId: '' };
const NO_HASH = 'A'.repeat(43);

const aadOf = ({ userId, factorId }: Owner) => `factor ${userId} ${factorId}`;

export function createFactorSecrets({
  keys,
  mac,
  maxFactors,
  issuer,
}: FactorSecretsOptions): FactorSecrets {
  const [current = null] = keys;
  const sealKeys = new Map(keys.map(({ id, key }) => [id, createSealKey(key, 'factor')]));
  let decoy: Promise<string> | undefined;
  const decoySecret = () => (decoy ??= sealSecret(NO_OWNER, base64url.encode(newSecret())));

  async function sealSecret(owner: Owner, secret: string): Promise<string> {
    const key = sealKeys.get(current?.id ?? '');
    if (current === null || key === undefined) {
      throw new Error('FACTOR_KEYS is empty: no secret of a second factor can be sealed');
    }
    return `${current.id}~${await seal(await key(), secret, aadOf(owner))}`;
  }

  /** Throws an error that names the key, so that operators know which one to put back. */
  async function openSecret(owner: Owner, sealed: string): Promise<string> {
    const [, id = '', text = ''] = SEALED.exec(sealed) ?? [];
    const key = sealKeys.get(id);
    const name = `the secret of factor ${owner.factorId}`;
    if (key === undefined) {
      throw new Error(`FACTOR_KEYS lacks the key "${id}" of ${name}: add it behind the others`);
    }
    const secret = await open(await key(), text, aadOf(owner));
    if (secret !== null) return secret;
    throw new Error(
      `The key "${id}" of FACTOR_KEYS does not open ${name}: one of them was changed`,
    );
  }

  /** Does the work of a decoy where there is no factor. */
  async function matchTotp(
    factor: Factor | undefined,
    userId: number,
    { code, nowMs }: { code: string; nowMs: number },
  ): Promise<FactorUse | null> {
    const owner = factor === undefined ? NO_OWNER : { userId, factorId: factor.id };
    const secret = await openSecret(owner, factor?.secret ?? (await decoySecret()));
    const step = await matchingStep(base64url.decode(secret), code, nowMs);
    if (factor === undefined || step === null || step <= factor.lastStep) return null;
    const isCurrent = factor.secret.startsWith(`${current?.id}~`);
    const resealed = isCurrent ? null : await sealSecret(owner, secret);
    return { factorId: factor.id, kind: 'totp', step, resealed };
  }

  async function matchRecoveryCode(
    stored: readonly Factor[],
    userId: number,
    code: string,
  ): Promise<FactorUse | null> {
    const hash = await hashRecoveryCode(mac, userId, code);
    let found: Factor | null = null;
    for (let slot = 0; slot < Math.max(RECOVERY_CODES, stored.length); slot += 1) {
      const { [slot]: factor = null } = stored;
      const isEqual = equalTexts(factor?.secret ?? NO_HASH, hash);
      if (isEqual && factor !== null) found = factor;
    }
    return found && { factorId: found.id, kind: 'recovery-code', step: 1, resealed: null };
  }

  return {
    async newTotp(owner, account) {
      const bytes = newSecret();
      const sealed = await sealSecret(owner, base64url.encode(bytes));
      const secret = encodeBase32(bytes);
      return { sealed, secret, uri: totpUri({ secret, issuer, account }) };
    },

    async match(account, text, { nowMs, enrolling }) {
      const { id: userId } = account?.user ?? { id: NO_OWNER.userId };
      const factors = account?.factors ?? [];
      const code = normaliseCodeText(text);
      if (!SIX_DIGITS.test(code)) {
        if (enrolling) return null;
        return matchRecoveryCode(factors.filter(isRecoveryCode), userId, code);
      }
      const candidates = factors.filter(
        ({ kind, confirmedAtMs }) => kind === 'totp' && (confirmedAtMs === null) === enrolling,
      );
      // Without a key nothing opens, a decoy neither.
      const slots = Math.max(current === null ? 0 : maxFactors, candidates.length);
      const tried = await Promise.allSettled(
        Array.from({ length: slots }, (_, slot) =>
          matchTotp(candidates[slot], userId, { code, nowMs }),
        ),
      );
      for (const result of tried) {
        if (result.status === 'fulfilled' && result.value !== null) return result.value;
      }
      // One factor under a lost key leaves the others, and the recovery codes, good.
      const failed = tried.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return null;
    },

    async newRecoveryCodes(userId) {
      const shown = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      const stored = await Promise.all(
        shown.map(async (code) => ({
          id: crypto.randomUUID(),
          secret: await hashRecoveryCode(mac, userId, code),
        })),
      );
      return { shown, stored };
    },
  };
}

const isRecoveryCode = ({ kind }: Factor) => kind === 'recovery-code';
