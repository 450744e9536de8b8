/** Requests to the operations around passkeys that are granted (requests.ts). */
import { valueNamed } from '../authenticator.ts';
import { createAuthenticator, type PasskeyAuthenticator } from '../passkey-authenticator.ts';
import { assertionOf, registrationOf } from '../passkeys.ts';
import { tokensOf } from '../session.ts';
import { succeeded, type Tools } from './factor-requests.ts';
import { ORIGIN } from './outgoing.ts';

export function passkeyRequests({ caller, from, signedIn, write, byBearer }: Tools) {
  const { ask } = caller;
  const optionsOf = async (operation: 'passkey-options' | 'passkey-login-options', token = '') => {
    const sending = { ...(token !== '' && { token }), ...from() };
    const { text } = succeeded(await ask(operation, null, sending));
    return valueNamed(JSON.parse(text), 'publicKey', 'options') as never;
  };
  const created = async (device: PasskeyAuthenticator, token: string) => {
    const options = await optionsOf('passkey-options', token);
    return registrationOf(await device.create(options, { transports: [] }));
  };
  const signed = async (device: PasskeyAuthenticator) =>
    assertionOf(await device.get(await optionsOf('passkey-login-options')));
  const add = async (token: string) => {
    const device = createAuthenticator({ origin: ORIGIN });
    const input = { name: null, credential: await created(device, token) };
    const { text } = succeeded(await ask('add-passkey', input, { token, ...from() }));
    return { device, id: String(valueNamed(JSON.parse(text), 'id')) };
  };
  /** Signed in with the password, with a passkey. */
  const withPasskey = async () => {
    const signedBy = await signedIn();
    return { ...signedBy, ...(await add(signedBy.access)) };
  };

  return {
    'passkey-login-options': async () => {
      const { user, secret } = await signedIn();
      return { outgoing: write('passkey-login-options', null), needed: [], secret, user };
    },
    'passkey-login': async () => {
      const { user, device, secret } = await withPasskey();
      const credential = await signed(device);
      const { id, clientDataJSON, authenticatorData, signature } = credential;
      const outgoing = write('passkey-login', { credential, remember: false });
      return {
        outgoing,
        needed: [id, clientDataJSON, authenticatorData, signature],
        secret: [...secret, signature],
        user,
      };
    },
    'passkey-options': () => byBearer('passkey-options', () => null, false),
    'add-passkey': async () => {
      const { user, access, secret } = await signedIn();
      const credential = await created(createAuthenticator({ origin: ORIGIN }), access);
      const { id, clientDataJSON, attestationObject } = credential;
      const outgoing = write('add-passkey', { name: null, credential }, { token: access });
      return { outgoing, needed: [access, id, clientDataJSON, attestationObject], secret, user };
    },
    'list-passkeys': async () => {
      const { user, access, secret } = await withPasskey();
      const outgoing = write('list-passkeys', null, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'rename-passkey': async () => {
      const { user, access, id, secret } = await withPasskey();
      const outgoing = write('rename-passkey', { id, name: 'Phone' }, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'remove-passkey': async () => {
      const { user, access, id, secret } = await withPasskey();
      const outgoing = write('remove-passkey', { id }, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'remove-password': async () => {
      const { user, access, device, secret } = await withPasskey();
      await add(access);
      const input = { credential: await signed(device), remember: false };
      const opened = tokensOf(succeeded(await ask('passkey-login', input, from())));
      const tokens = [opened.access, opened.refresh].filter((value) => value !== '');
      const outgoing = write('remove-password', null, { token: opened.access });
      return { outgoing, needed: [opened.access], secret: [...secret, ...tokens], user };
    },
  };
}
