/**
 * Changes to what a signature covers, an assertion or a registration with a self attestation: each bit
 * turned over, each beginning and end, and each other spelling is refused.
 */
import { describe, expect, it } from 'vitest';
import { bitFlips, resized, respelled } from '../support/passkey-mutations.ts';
import {
  asserted,
  assertionOf,
  registered,
  registrationOf,
  verifyAssertion,
  verifyRegistration,
  type Assertion,
  type Registration,
} from '../support/webauthn-verifier.ts';

const ASSERTIONS: [string, () => Promise<Assertion>][] = [
  ['the vector packed-es256', () => assertionOf('packed-es256')],
  ['a passkey of EdDSA', () => asserted('EdDSA')],
  ['a passkey of RS256', () => asserted('RS256')],
];

const SELF_ATTESTED: [string, () => Promise<Registration>][] = [
  ['the vector packed-self-es256', async () => registrationOf('packed-self-es256')],
  ['a passkey of EdDSA', () => registered('EdDSA', 'packed')],
];

/** Returns the changes that are accepted. */
async function acceptedChanges(
  text: string,
  verify: (text: string) => Promise<{ ok: boolean }>,
): Promise<string[]> {
  expect(await verify(text)).toMatchObject({ ok: true });
  const flipped = Array.from(bitFlips(text), (flip) => flip.text);
  const found: string[] = [];
  for (const changed of [...flipped, ...resized(text), ...respelled(text)]) {
    if ((await verify(changed)).ok) found.push(changed);
  }
  return found;
}

describe.each(ASSERTIONS)('an assertion of %s is refused', (_title, make) => {
  it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
    'with any change to its %s',
    async (field) => {
      const { credential, ...rest } = await make();
      const verify = (text: string) =>
        verifyAssertion({ ...rest, credential: { ...credential, [field]: text } });
      expect(await acceptedChanges(credential[field], verify)).toEqual([]);
    },
  );
});

describe.each(SELF_ATTESTED)('a registration of %s, self-attested, is refused', (_title, make) => {
  it.each(['clientDataJSON', 'attestationObject', 'id'] as const)(
    'with any change to its %s',
    async (field) => {
      const { credential, ...rest } = await make();
      const verify = (text: string) =>
        verifyRegistration({ ...rest, credential: { ...credential, [field]: text } });
      expect(await acceptedChanges(credential[field], verify)).toEqual([]);
    },
  );
});
