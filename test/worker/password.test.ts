/** Verification of passwords in workerd: its verdicts, and its cost whatever is stored. */
import { describe, expect, it, vi } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';

const cost = { iterations: 100, rounds: 6 };
const noYield = async () => undefined;
const unaborted = { shouldAbort: () => false };
const key = (fill: number) => new Uint8Array(32).fill(fill);

describe('verify', () => {
  it('knows the right password, and every near miss is wrong', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, noYield);
    const stored = await hash('Correct Horse 🐎');
    expect(await verify({ password: 'Correct Horse 🐎', stored, ...unaborted })).toBe('right');
    for (const password of [
      'correct horse 🐎',
      'Correct Horse 🐎 ',
      ' Correct Horse 🐎',
      'Correct Horse',
      '',
    ]) {
      expect([password, await verify({ password, stored, ...unaborted })]).toEqual([
        password,
        'wrong',
      ]);
    }
  });

  it('takes one password typed in two normal forms for one', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, noYield);
    const stored = await hash('cafe\u0301 au lait');
    expect(await verify({ password: 'caf\u00e9 au lait', stored, ...unaborted })).toBe('right');
  });

  it('uses all of a long password', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, noYield);
    const stored = await hash('x'.repeat(255) + 'y');
    expect(await verify({ password: 'x'.repeat(256), stored, ...unaborted })).toBe('wrong');
  });

  it('needs the pepper that the hash names, and takes old peppers until they are gone', async () => {
    const [old, current] = [
      { id: 'old', key: key(1) },
      { id: 'new', key: key(2) },
    ];
    const before = createPasswords({ cost, peppers: [old] }, noYield);
    const stored = await before.hash('the password');
    expect(stored).toContain(',k=old$');
    const guess = { password: 'the password', stored, ...unaborted };
    const both = createPasswords({ cost, peppers: [current, old] }, noYield);
    expect(await both.verify(guess)).toBe('right');
    expect(both.isOutdated(stored)).toBe(true);
    expect(await createPasswords({ cost, peppers: [current] }, noYield).verify(guess)).toBe(
      'wrong',
    );
    const forged = { id: 'old', key: key(3) };
    expect(await createPasswords({ cost, peppers: [forged] }, noYield).verify(guess)).toBe('wrong');
  });

  it('accepts no hash that names a lost pepper, even where it was made without one', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, noYield);
    const stored = (await hash('the password')).replace(',n=6$', ',n=6,k=lost$');
    expect(await verify({ password: 'the password', stored, ...unaborted })).toBe('wrong');
  });

  it('never derives more than 100,000 iterations a call, and 600,000 in all by default', async () => {
    const passwords = createPasswords(
      { cost: { iterations: 100_000, rounds: 6 }, peppers: [] },
      noYield,
    );
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const stored = await passwords.hash('the password');
    const perCall = derive.mock.calls.map(([how]) => (how as { iterations: number }).iterations);
    derive.mockRestore();
    expect(perCall).toEqual(Array(6).fill(100_000));
    expect(await passwords.verify({ password: 'the password', stored, ...unaborted })).toBe(
      'right',
    );
  });

  it.each([
    '$gh-pbkdf2-sha256$i=600000,n=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$gh-pbkdf2-sha256$i=100000,n=99$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('puts a decoy of today’s cost in the place of %s', async (stored) => {
    const { verify } = createPasswords({ cost, peppers: [] }, noYield);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    expect(await verify({ password: 'the password', stored, ...unaborted })).toBe('wrong');
    expect(derive.mock.calls.map(([how]) => (how as { iterations: number }).iterations)).toEqual(
      Array(6).fill(100),
    );
    derive.mockRestore();
  });

  it('cannot be won by the hash that the decoy is compared with', async () => {
    const { verify } = createPasswords({ cost, peppers: [] }, noYield);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits').mockResolvedValue(new ArrayBuffer(32));
    expect(await verify({ password: 'x', stored: null, ...unaborted })).toBe('wrong');
    derive.mockRestore();
  });

  it('aborts between slices, and yields to the event loop there', async () => {
    let yields = 0;
    const { verify } = createPasswords({ cost, peppers: [] }, async () => void (yields += 1));
    const shouldAbort = () => yields >= 2;
    expect(await verify({ password: 'x', stored: null, shouldAbort })).toBe('aborted');
    expect(yields).toBe(2);
    yields = 0;
    expect(await verify({ password: 'x', stored: null, ...unaborted })).toBe('wrong');
    expect(yields).toBe(cost.rounds);
  });
});

it('fails above 100,000 iterations here as it does in production', async () => {
  const bits = await crypto.subtle.importKey('raw', key(1), 'PBKDF2', false, ['deriveBits']);
  const tooMany = { name: 'PBKDF2', hash: 'SHA-256', salt: key(2), iterations: 100_001 };
  await expect(crypto.subtle.deriveBits(tooMany, bits, 256)).rejects.toThrow(/not supported/);
});
