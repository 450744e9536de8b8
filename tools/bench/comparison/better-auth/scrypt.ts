/** better-auth's own hash of a right login alone, by the function that it calls. */
import { hashPassword, verifyPassword } from 'better-auth/crypto';

let hash: string | undefined;

export default {
  async fetch(_request, { PASSWORD: password }) {
    hash ??= await hashPassword(password);
    return new Response(null, { status: (await verifyPassword({ hash, password })) ? 200 : 500 });
  },
} satisfies ExportedHandler<{ PASSWORD: string }>;
