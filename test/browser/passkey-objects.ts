/** Page objects of passkeys, and Chromium's virtual authenticator. */
import type { Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import { shown } from './factor-objects.ts';
import { signOut } from './page-objects.ts';

interface Recorded {
  suggestions?: 'pending' | 'settled';
  suggested?: number;
}

/** Records the requests for suggestions. Runs in the page. */
function recordSuggestions(): void {
  const get = navigator.credentials.get.bind(navigator.credentials);
  const recorded = globalThis as Recorded;
  recorded.suggested = 0;
  navigator.credentials.get = async (options) => {
    if (options?.mediation !== 'conditional') return get(options);
    recorded.suggested = (recorded.suggested ?? 0) + 1;
    recorded.suggestions = 'pending';
    return get(options).finally(() => (recorded.suggestions = 'settled'));
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
  await page.addInitScript(recordSuggestions);
  const setPresence = (enabled: boolean) =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  /** Waits until the browser has got the page's nth request for suggestions. */
  const suggested = async (n: number) => {
    await page.waitForFunction((n) => (globalThis as Recorded).suggested === n, n);
    // Answered after the request before it: presence that is simulated from now on does not choose for it.
    await page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable());
  };
  return {
    /** False: the screen lock is not opened. */
    setUserVerified: (isUserVerified: boolean) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** False: requests wait, like a suggestion that is not chosen. */
    setPresence,
    suggested,
    /** Waits until the page's request for suggestions has been answered or refused. */
    settled: () => page.waitForFunction(() => (globalThis as Recorded).suggestions === 'settled'),
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
