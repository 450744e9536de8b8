/**
 * Registration handles: issued to the client that registers, and sent back with the code, so that its
 * attempts are counted apart from those of strangers who know the address.
 *
 * A handle does not authenticate: the code and the password are still required. It is signed with a key
 * of its own, once for each name of the registration, and is valid for no other name. It is issued for
 * known and unknown addresses alike, and only its id is stored.
 */
import type { RegistrationHandles } from '../flows/ports/tokens.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';
import { randomText } from './random.ts';

/** A random id of 128 bits, the Unix time in seconds, the MACs of the e-mail and the username. */
const HANDLE = /^([\w-]{22})~(\d{1,12})~([\w-]{43})(?:~([\w-]{43}))?$/;
const ID_BYTES = 16;

interface HandlesOptions {
  mac: Mac;
  nowMs(): number;
  lifetimeSeconds: number;
}

export function createRegistrationHandles({
  mac,
  nowMs,
  lifetimeSeconds,
}: HandlesOptions): RegistrationHandles {
  const sign = (terms: string, { kind, value }: { kind: string; value: string }) =>
    mac('registration', `${terms}~${kind}:${value}`);

  return {
    async read(handle, identifier) {
      const parts = handle === null ? null : HANDLE.exec(handle);
      if (parts === null) return null;
      const [, id = '', issuedAt = '', forEmail = '', forUsername = ''] = parts;
      const signature = identifier.kind === 'email' ? forEmail : forUsername;
      if (!equalTexts(signature, await sign(`${id}~${issuedAt}`, identifier))) return null;
      if (nowMs() >= (Number(issuedAt) + lifetimeSeconds) * 1000) return null;
      return id;
    },

    async issue(names, knownId) {
      const id = knownId ?? randomText(ID_BYTES);
      const terms = `${id}~${Math.floor(nowMs() / 1000)}`;
      const signatures = await Promise.all(names.map((name) => sign(terms, name)));
      return { id, handle: [terms, ...signatures].join('~') };
    },
  };
}
