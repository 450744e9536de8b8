/** PBKDF2-HMAC-SHA256 as a chain of calls, since the platform allows no call above 100,000. */
export interface Cost {
  iterations: number;
  rounds: number;
}

const SALT_BYTES = 16;

export const pbkdf2 = (cost: Cost) => ({
  async hash(password: string): Promise<string> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const derived = await derive(password, salt, cost);
    return [cost.iterations, cost.rounds, salt.toHex(), derived.toHex()].join(':');
  },
  async verify({ hash, password }: { hash: string; password: string }): Promise<boolean> {
    const [iterations, rounds, salt = '', expected = ''] = hash.split(':');
    const stored = { iterations: Number(iterations), rounds: Number(rounds) };
    const derived = await derive(password, Uint8Array.fromHex(salt), stored);
    return crypto.subtle.timingSafeEqual(derived, Uint8Array.fromHex(expected));
  },
});

async function derive(password: string, salt: Uint8Array, { iterations, rounds }: Cost) {
  let derived: Uint8Array = new TextEncoder().encode(password);
  for (let round = 0; round < rounds; round += 1) {
    const key = await crypto.subtle.importKey('raw', derived, 'PBKDF2', false, ['deriveBits']);
    const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
    derived = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  }
  return derived;
}
