/** Page objects of passkeys, and Chromium's virtual authenticator. */
import type { Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import { shown } from './factor-objects.ts';
import { signOut } from './page-objects.ts';

/** Records the mediation of each request for a passkey. Runs in the page. */
function recordRequests(): void {
  const get = navigator.credentials.get.bind(navigator.credentials);
  const asked: unknown[] = ((globalThis as { asked?: unknown[] }).asked = []);
  navigator.credentials.get = (options) => {
    asked.push(options?.mediation);
    return get(options);
  };
}

/** A platform authenticator of the tab, whose user touches it and unlocks it at once. */
export async function addAuthenticator(page: Page, { isSyncable = true } = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: isSyncable,
      defaultBackupState: isSyncable,
    },
  });
  await page.addInitScript(recordRequests);
  const setPresence = (enabled: boolean) =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  /** Waits until the page has asked for suggestions for the nth time. */
  const suggested = (n: number) =>
    page.waitForFunction((n) => {
      const { asked = [] } = globalThis as { asked?: unknown[] };
      return asked.filter((mediation) => mediation === 'conditional').length === n;
    }, n);
  return {
    /** False: the screen lock is not opened. */
    setUserVerified: (isUserVerified: boolean) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** False: requests wait, like a suggestion that is not chosen. */
    setPresence,
    suggested,
    /** Leads to the sign-in page, whose suggestions wait and are not chosen. */
    async signOut(name: string): Promise<void> {
      await setPresence(false);
      await signOut(page, name);
      await suggested(1);
      await setPresence(true);
    },
    /** Takes away what the authenticator has, as on another device. */
    clear: () => session.send('WebAuthn.clearCredentials', { authenticatorId }),
    async credentials() {
      return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
    },
  };
}

export const passkeyRows = (page: Page) => page.locator('#passkey-list li');

export async function namePasskey(page: Page, name: string): Promise<void> {
  await shown(page, 'passkey-naming');
  await page.fill('#passkey-name', name);
  await page.click('#passkey-form button[type=submit]');
}

/** Adds a passkey on the signed-in page. */
export async function addPasskey(page: Page, name: string): Promise<void> {
  const before = await passkeyRows(page).count();
  await page.click('#add-passkey');
  await namePasskey(page, name);
  await expect.poll(() => passkeyRows(page).count()).toBe(before + 1);
}

/** Answers one request as where the last proof of identity is older than five minutes. */
export const askForProof = (
  page: Page,
  path: string,
  methods: readonly string[],
): Promise<unknown> =>
  page.route(
    path,
    (route: Route) => {
      const error = {
        code: 'REAUTHENTICATION_REQUIRED',
        message: 'Prove your identity again',
        methods,
      };
      return route.fulfill({ status: 403, json: { error } });
    },
    { times: 1 },
  );
