/**
 * Asks Have I Been Pwned whether a password is part of a known breach, by k-anonymity: only five of
 * the forty hexadecimal digits of its SHA-1 are sent, and padding hides even how many hashes begin
 * with them. Without an answer in time the password is accepted, and the failure is reported.
 */

const ENDPOINT = 'https://api.pwnedpasswords.com/range/';
const PREFIX_DIGITS = 5;
const TIMEOUT_MS = 1_000;

interface BreachOptions {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  onFailure(error: unknown): void;
}

export function createBreachCheck({ fetch, onFailure }: BreachOptions) {
  return async (password: string): Promise<boolean> => {
    const digest = await sha1(password.normalize('NFC'));
    const rest = digest.slice(PREFIX_DIGITS);
    try {
      const response = await fetch(ENDPOINT + digest.slice(0, PREFIX_DIGITS), {
        headers: { 'Add-Padding': 'true', 'User-Agent': 'gatehouse' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`Have I Been Pwned answered ${response.status}`);
      }
      // One `<35 digits>:<times seen>` a line; padding was seen 0 times.
      const line = (await response.text()).split(/\r?\n/).find((line) => line.startsWith(rest));
      return line !== undefined && Number(line.slice(rest.length + 1)) > 0;
    } catch (error) {
      onFailure(error);
      return false;
    }
  };
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  const bytes = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.join('').toUpperCase();
}
