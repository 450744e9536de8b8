import { base64url } from 'jose';

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** SHA-256, base64url. */
export const sha256Text = async (text: string): Promise<string> =>
  base64url.encode(await sha256(new TextEncoder().encode(text)));
