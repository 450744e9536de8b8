/**
 * `npm run prove:passkeys`: passkeys beside a second implementation of WebAuthn, python3-fido2 of
 * Debian. What its authenticator makes is accepted by the deployed bundle, what the software
 * authenticator of the tests makes is accepted by its relying party, and each flaw is refused by both.
 *
 * Exits with 2 where the package is not installed.
 */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { CreationOptions, RequestOptions } from '../../src/flows/model/passkey.ts';
import {
  createAuthenticator,
  type AssertionJson,
  type PasskeyAlgorithm,
  type RegistrationJson,
} from '../../test/support/passkey-authenticator.ts';
import { credentialOf } from '../../test/support/passkey-ceremonies.ts';
import { buildDeployed } from '../bench/build.ts';
import { sendOne } from '../burst.ts';
import { readArguments } from '../command-line.ts';
import { exitOnSignals, temporaryDirectory } from '../process.ts';
import { INSTALLATION, peerVersion, startPeer, type Changes } from './passkeys/peer.ts';
import { createClaims, settings, startGatehouse } from './race/context.ts';
import {
  addPasskey,
  creationOptions,
  credentialIn,
  loginOptions,
  newToken,
  passkeyLogin,
} from './race/passkey-owners.ts';
import { newUsers, registrar } from './race/users.ts';
import { outcomeOf } from './race/wire.ts';

readArguments('npm run prove:passkeys', {});
const version = peerVersion();
if (version === null) {
  console.error(INSTALLATION);
  process.exit(2);
}
exitOnSignals();

const { domain, origins } = settings.passkeys;
const [origin = ''] = origins;
const ALGORITHMS = { ES256: -7, EdDSA: -8, RS256: -257 } as const satisfies Partial<
  Record<PasskeyAlgorithm, number>
>;
const PS256 = -37;
const KINDS = Object.entries(ALGORITHMS).flatMap(([algorithm, alg]) =>
  [false, true].flatMap((synced) =>
    (['none', 'packed'] as const).map((format) => ({
      name: `${algorithm} ${format}${synced ? ' synced' : ''}`,
      algorithm: algorithm as keyof typeof ALGORITHMS,
      alg,
      synced,
      format,
    })),
  ),
);
const [FIRST] = KINDS as [(typeof KINDS)[number]];

const FLAWS: Record<string, Changes> = {
  'another challenge': { challenge: 'A'.repeat(72) },
  'another origin': { origin: 'https://attacker.example' },
  'another domain': { domain: 'attacker.example' },
  'no user': { flipFlags: 1 },
  'an unverified user': { flipFlags: 4 },
  'another type': { type: 'webauthn.other' },
};

const { claim, counts } = createClaims();
const peer = startPeer();
const script = readFileSync(buildDeployed(), 'utf8');
const persistTo = join(temporaryDirectory('passkeys'), 'data');
const server = await startGatehouse(script, { persistTo, isNew: true });
try {
  const [one, other] = await newUsers(server.url(), 2);
  if (one === undefined || other === undefined) throw new Error('no accounts were made');
  await peerHere(await newToken(server.url(), one));
  await oursThere(await newToken(server.url(), other));
} catch (error) {
  console.error(error);
  claim({ what: 'the proof', seen: 'an error', allowed: 'an end', holds: false });
} finally {
  peer.close();
  await server.close();
}
console.log(`\n${counts.made - counts.broken} of ${counts.made} claims hold.`);
process.exit(counts.made > 0 && counts.broken === 0 ? 0 : 1);

function newCreation(token: string): Promise<CreationOptions> {
  return creationOptions(server.url(), token);
}

function newRequest(): Promise<RequestOptions> {
  return loginOptions(server.url(), registrar);
}

async function registersHere(token: string, made: RegistrationJson): Promise<number> {
  return (await sendOne(server.url(), addPasskey(token, credentialIn(made)))).status;
}

async function signsInHere(assertion: AssertionJson): Promise<string> {
  const attempt = passkeyLogin(registrar, credentialOf(assertion));
  return outcomeOf(attempt, await sendOne(server.url(), attempt));
}

/** The second implementation's authenticator, at this relying party. */
async function peerHere(token: string): Promise<void> {
  const registered: string[] = [];
  const signedIn: string[] = [];
  for (const kind of KINDS) {
    const options = await newCreation(token);
    const status = await registersHere(token, await peer.create({ ...kind, options, origin }));
    registered.push(`${status}`);
    for (let n = 0; n < 2; n += 1) {
      const assertion = await peer.get({ name: kind.name, options: await newRequest(), origin });
      signedIn.push(await signsInHere(assertion));
    }
  }
  claimAll(`registrations of python3-fido2 ${version}, by algorithm, attestation and backup`, {
    seen: registered,
    expected: '200',
  });
  claimAll('two sign-ins with each of them', { seen: signedIn, expected: 'granted' });

  const flawed: string[] = [];
  for (const changes of Object.values(FLAWS)) {
    const options = await newCreation(token);
    const made = await peer.create({ ...FIRST, name: 'flawed', options, origin, changes });
    flawed.push(`${await registersHere(token, made)}`);
  }
  const options = await newCreation(token);
  const unsupported = await peer.create({ ...FIRST, name: 'PS256', alg: PS256, options, origin });
  flawed.push(`${await registersHere(token, unsupported)}`);
  claimAll(`registrations of python3-fido2 with ${Object.keys(FLAWS).join(', ')}, PS256`, {
    seen: flawed,
    expected: '400',
  });

  const refused: string[] = [];
  for (const { name } of KINDS) {
    for (const changes of Object.values(FLAWS)) {
      const assertion = await peer.get({ name, options: await newRequest(), origin, changes });
      refused.push(await signsInHere(assertion));
    }
    const right = await peer.get({ name, options: await newRequest(), origin });
    refused.push(await signsInHere(withOtherSignature(right)));
  }
  claimAll(`assertions of python3-fido2 with the same flaws, or another signature`, {
    seen: refused,
    expected: 'invalid-passkey',
  });
}

/** The software authenticator of the tests, at the second implementation's relying party. */
async function oursThere(token: string): Promise<void> {
  const verdicts = {
    registered: [] as string[],
    signedIn: [] as string[],
    refused: [] as string[],
  };
  for (const { algorithm, synced, format } of KINDS) {
    const authenticator = createAuthenticator({ origin, algorithm, isSyncable: synced });
    const options = await newCreation(token);
    const expected = { challenge: options.challenge, origin, domain };
    const credential = await authenticator.create(options, { attestation: format });
    const verdict = await peer.register({ ...expected, credential });
    verdicts.registered.push(verdict.ok ? 'accepted' : verdict.error);
    const registered = (verdict.ok && verdict.value.registered) || '';

    const request = await newRequest();
    const { challenge } = request;
    const verify = async (credential: AssertionJson) => {
      const verdict = await peer.verify({ challenge, origin, domain, credential, registered });
      return verdict.ok ? 'accepted' : verdict.error;
    };
    verdicts.signedIn.push(await verify(await authenticator.get(request)));
    for (const changes of Object.values(FLAWS)) {
      verdicts.refused.push(await verify(await authenticator.get(request, changes)));
      const flawed = await authenticator.create(options, changes);
      const verdict = await peer.register({ ...expected, credential: flawed });
      verdicts.refused.push(verdict.ok ? 'accepted' : verdict.error);
    }
    const right = await authenticator.get(request);
    verdicts.refused.push(await verify(withOtherSignature(right)));
  }
  const { registered, signedIn, refused } = verdicts;
  claimAll('registrations of our authenticator there', { seen: registered, expected: 'accepted' });
  claimAll('a sign-in with each of them', { seen: signedIn, expected: 'accepted' });
  const reasons = new Set(refused.map((text) => text.toLowerCase()));
  claim({
    what: 'registrations and assertions with the same flaws there',
    seen: `${refused.length} verdicts: ${[...reasons].join(', ')}`,
    allowed: 'refused, each for its flaw',
    holds: !reasons.has('accepted') && reasons.size === Object.keys(FLAWS).length + 1,
  });
}

function claimAll(
  what: string,
  { seen, expected }: { seen: readonly string[]; expected: string },
): void {
  const right = seen.filter((one) => one === expected).length;
  const others = [...new Set(seen.filter((one) => one !== expected))];
  claim({
    what,
    seen: `${right} of ${seen.length}${others.length === 0 ? '' : `; else ${others.join(', ')}`}`,
    allowed: `all ${expected}`,
    holds: seen.length > 0 && right === seen.length,
  });
}

/** The last byte is changed, so that the form of the signature stays. */
function withOtherSignature(assertion: AssertionJson): AssertionJson {
  const signature = Buffer.from(assertion.response.signature, 'base64url');
  signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
  const response = { ...assertion.response, signature: signature.toString('base64url') };
  return { ...assertion, response };
}
