/** Verifying, in workerd: who gets in, and what it costs, whatever is stored. */
import { describe, expect, it, vi } from 'vitest';
import { createPasswords } from '../../src/crypto/password.ts';

const cost = { iterations: 100, rounds: 6 };
const turn = async () => undefined;
const never = { stop: () => false };
const key = (fill: number) => new Uint8Array(32).fill(fill);

describe('verify', () => {
  it('knows the right password, and every near miss is wrong', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, turn);
    const stored = await hash('Correct Horse 🐎');
    expect(await verify({ password: 'Correct Horse 🐎', stored, ...never })).toBe('right');
    for (const password of [
      'correct horse 🐎',
      'Correct Horse 🐎 ',
      ' Correct Horse 🐎',
      'Correct Horse',
      '',
    ]) {
      expect([password, await verify({ password, stored, ...never })]).toEqual([password, 'wrong']);
    }
  });

  it('takes one password typed in two normal forms for one', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, turn);
    const stored = await hash('cafe\u0301 au lait');
    expect(await verify({ password: 'caf\u00e9 au lait', stored, ...never })).toBe('right');
  });

  it('uses all of a long password', async () => {
    const { hash, verify } = createPasswords({ cost, peppers: [] }, turn);
    const stored = await hash('x'.repeat(255) + 'y');
    expect(await verify({ password: 'x'.repeat(256), stored, ...never })).toBe('wrong');
  });

  it('needs the pepper that the hash names, and takes old peppers until they are gone', async () => {
    const [old, current] = [
      { id: 'old', key: key(1) },
      { id: 'new', key: key(2) },
    ];
    const before = createPasswords({ cost, peppers: [old] }, turn);
    const stored = await before.hash('the password');
    expect(stored).toContain(',k=old$');
    const guess = { password: 'the password', stored, ...never };
    const both = createPasswords({ cost, peppers: [current, old] }, turn);
    expect(await both.verify(guess)).toBe('right');
    expect(both.isOutdated(stored)).toBe(true);
    expect(await createPasswords({ cost, peppers: [current] }, turn).verify(guess)).toBe('wrong');
    const forged = { id: 'old', key: key(3) };
    expect(await createPasswords({ cost, peppers: [forged] }, turn).verify(guess)).toBe('wrong');
  });

  it('never derives more than 100,000 iterations a call, and 600,000 in all by default', async () => {
    const passwords = createPasswords(
      { cost: { iterations: 100_000, rounds: 6 }, peppers: [] },
      turn,
    );
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const stored = await passwords.hash('the password');
    const perCall = derive.mock.calls.map(([how]) => (how as { iterations: number }).iterations);
    derive.mockRestore();
    expect(perCall).toEqual(Array(6).fill(100_000));
    expect(await passwords.verify({ password: 'the password', stored, ...never })).toBe('right');
  });

  it.each([
    '$gh-pbkdf2-sha256$i=600000,n=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$gh-pbkdf2-sha256$i=100000,n=99$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('puts a decoy of today’s cost in the place of %s', async (stored) => {
    const { verify } = createPasswords({ cost, peppers: [] }, turn);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    expect(await verify({ password: 'the password', stored, ...never })).toBe('wrong');
    expect(derive.mock.calls.map(([how]) => (how as { iterations: number }).iterations)).toEqual(
      Array(6).fill(100),
    );
    derive.mockRestore();
  });

  it('cannot be won by the hash that the decoy is compared with', async () => {
    const { verify } = createPasswords({ cost, peppers: [] }, turn);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits').mockResolvedValue(new ArrayBuffer(32));
    expect(await verify({ password: 'x', stored: null, ...never })).toBe('wrong');
    derive.mockRestore();
  });

  it('hashes for half of those in line before the others are let in, and in their order', async () => {
    const { turn, round } = eventLoop();
    const { verify } = createPasswords({ cost, peppers: [] }, turn);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const done: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      void verify({ password: 'x', stored: null, ...never }).then(() => done.push(n));
    }
    await scheduler.wait(0);
    const slicesOfRounds: number[] = [];
    while (done.length < 4) {
      await round();
      slicesOfRounds.push(derive.mock.calls.length);
      derive.mockClear();
    }
    derive.mockRestore();
    const [two, one] = [Array(cost.rounds).fill(2), Array(2 * cost.rounds).fill(1)];
    expect(slicesOfRounds).toEqual([...two, ...one]);
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('lets go of who is to stop, whatever their place in line', async () => {
    const { turn, round } = eventLoop();
    const { verify } = createPasswords({ cost, peppers: [] }, turn);
    const guess = { password: 'x', stored: null };
    for (let n = 0; n < 4; n += 1) void verify({ ...guess, ...never });
    const last = verify({ ...guess, stop: () => true });
    await scheduler.wait(0);
    await round();
    expect(await Promise.race([last, scheduler.wait(0)])).toBe('stopped');
  });

  it('stops between slices, and lets the event loop turn there', async () => {
    let turns = 0;
    const { verify } = createPasswords({ cost, peppers: [] }, async () => void (turns += 1));
    const stop = () => turns >= 2;
    expect(await verify({ password: 'x', stored: null, stop })).toBe('stopped');
    expect(turns).toBe(2);
    turns = 0;
    expect(await verify({ password: 'x', stored: null, ...never })).toBe('wrong');
    expect(turns).toBe(cost.rounds);
  });
});

it('fails above 100,000 iterations here as it does in production', async () => {
  const bits = await crypto.subtle.importKey('raw', key(1), 'PBKDF2', false, ['deriveBits']);
  const tooMany = { name: 'PBKDF2', hash: 'SHA-256', salt: key(2), iterations: 100_001 };
  await expect(crypto.subtle.deriveBits(tooMany, bits, 256)).rejects.toThrow(/not supported/);
});

/** One that turns when it is told to; those who wait for it go on one after the other. */
function eventLoop() {
  let waiting: (() => void)[] = [];
  return {
    turn: () => new Promise<void>((resolve) => waiting.push(resolve)),
    async round() {
      const called = waiting;
      waiting = [];
      for (const goOn of called) {
        goOn();
        await scheduler.wait(0);
      }
    },
  };
}
