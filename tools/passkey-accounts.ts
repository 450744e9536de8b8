/** Gives accounts of a database a passkey each, and has their authenticators sign in. */
import { base64url } from 'jose';
import { contracts } from '../src/contracts/index.ts';
import { createMac } from '../src/crypto/keys.ts';
import { readAttestation } from '../src/crypto/passkeys/attestation.ts';
import { createPasskeyCeremonies } from '../src/crypto/passkeys/ceremonies.ts';
import { storedKeyFrom } from '../src/crypto/passkeys/public-keys.ts';
import type { AssertionCredential } from '../src/flows/model/passkey.ts';
import { CHALLENGE_MS } from '../src/policy/passkeys.ts';
import { readSettings } from '../src/settings.ts';
import { insertRows, type TableRow } from '../test/fixtures/rows.ts';
import {
  createAuthenticator,
  type PasskeyAuthenticator,
} from '../test/support/passkey-authenticator.ts';
import { credentialOf } from '../test/support/passkey-ceremonies.ts';
import { secrets, settingsWith } from './server.ts';

const { domain, origins } = readSettings(settingsWith(), contracts).passkeys;
const [origin = ''] = origins;
/** Issues challenges as a Worker with the same settings does. */
const ceremonies = createPasskeyCeremonies({
  mac: createMac(base64url.decode(secrets.SERVER_KEY)),
  nowMs: Date.now,
  lifetimeMs: CHALLENGE_MS,
  domain,
  name: 'Gatehouse',
  origins,
});

/** In a browser at the origin of the pages. */
export const newAuthenticator = () => createAuthenticator({ origin });

/** Returns the authenticators, in the order of the addresses; rows are as the store has them. */
export async function givePasskeys(
  database: D1Database,
  emails: readonly string[],
): Promise<PasskeyAuthenticator[]> {
  const scope = { contract: '', sessionId: '' };
  const rows: TableRow[] = [];
  const handles: D1PreparedStatement[] = [];
  const authenticators: PasskeyAuthenticator[] = [];
  const { results } = await database
    .prepare('SELECT id, email FROM users')
    .all<{ id: number; email: string }>();
  const ids = new Map(results.map(({ id, email }) => [email, id]));
  for (const email of emails) {
    const userId = ids.get(email);
    if (userId === undefined) throw new Error(`there is no account ${email}`);
    const authenticator = newAuthenticator();
    const userHandle = ceremonies.newUserHandle();
    const owner = { userHandle, name: email, displayName: email, passkeys: [] };
    const { publicKey } = await ceremonies.creationOptions(scope, owner);
    const { id, response } = await authenticator.create(publicKey);
    const { attestationObject, transports } = response;
    const { data } = readAttestation(base64url.decode(attestationObject));
    const columns = {
      id: crypto.randomUUID(),
      user_id: userId,
      credential_id: id,
      public_key: await storedKeyFrom(data.attested.publicKey),
      sign_count: data.signCount,
      is_syncable: Number(data.isSyncable),
      transports: JSON.stringify(transports),
      created_at_ms: Date.now(),
    };
    rows.push({ table: 'passkeys', columns });
    const handle = database.prepare('UPDATE users SET passkey_handle = ? WHERE id = ?');
    handles.push(handle.bind(userHandle, userId));
    authenticators.push(authenticator);
  }
  await insertRows(database, rows);
  if (handles.length > 0) await database.batch(handles);
  return authenticators;
}

/** Signs a challenge of its own, good for one sign-in at the contract. */
export async function signIn(
  contract: string,
  authenticator: PasskeyAuthenticator,
): Promise<AssertionCredential> {
  const { publicKey } = await ceremonies.requestOptions(contract);
  return credentialOf(await authenticator.get(publicKey));
}
