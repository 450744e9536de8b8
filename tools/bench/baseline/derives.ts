/** The hash of a right login alone: six chained calls, with turns of the event loop between. */
const ROUNDS = 6;
const ITERATIONS = 100_000;

export default {
  async fetch() {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    let derived: Uint8Array = new TextEncoder().encode('correct horse battery staple');
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = await crypto.subtle.importKey('raw', derived, 'PBKDF2', false, ['deriveBits']);
      const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS };
      derived = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
      await scheduler.wait(0);
    }
    return new Response(String(derived[0]));
  },
} satisfies ExportedHandler;
