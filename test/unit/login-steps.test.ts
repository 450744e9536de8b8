/** Sealed text, and handles of login steps: forged ones, old ones, and what their holder can read. */
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { createSealKey } from '../../src/crypto/keys.ts';
import { createLoginSteps } from '../../src/crypto/login-steps.ts';
import { open, seal } from '../../src/crypto/seal.ts';
import type { LoginStep } from '../../src/flows/ports/login-steps.ts';

const secretOf = (byte: number) => new Uint8Array(32).fill(byte);
const ISSUED_MS = 1_700_000_000_000;
let nowMs = ISSUED_MS;
const stepsOf = (byte: number) =>
  createLoginSteps({ serverKey: secretOf(byte), nowMs: () => nowMs, lifetimeMs: 300_000 });
const steps = stepsOf(1);

const step: LoginStep = {
  contract: 'email-cookie',
  userId: 7,
  credentialVersion: 3,
  lockoutKey: 'lockout of alice',
  ticket: 'ticket-1',
  remember: true,
  enrols: false,
  issuedAtMs: ISSUED_MS,
};

/** The step as Node's own HKDF and AES-256-GCM seal it, with an IV of nines. */
const KNOWN =
  'CQkJCQkJCQkJCQkJv9Ul6r8JPndQJdd5h_vMKFTTmH97iUnGl2Tr-VA3aeF2hF0cFz_Lx_XC9qfs0cauuapa6__5EN_r_jaFHFchN3Reh7ZC9gfr3HK6rCjs22Lm10Mb6B9nktrytAbW95i2Gjc2b2T-SzxQ6giHS1AsiRDQI9bvh5ZM6ZmEnSRn-kw54NzW_rLSS54JOHTowz9WSZ9WBkuLha3prfDQVA6ZlEQpC5GiZOoD9KT1DSsW4ARDK4juUj0hF6Ud';

/** Every text that differs from this one in one byte, or ends before it. */
function changesOf(sealed: string): string[] {
  const bytes = base64url.decode(sealed);
  return Array.from(bytes, (byte, index) => [
    base64url.encode(bytes.with(index, byte ^ 1)),
    base64url.encode(bytes.subarray(0, index)),
  ]).flat();
}

describe('sealed text', () => {
  const key = createSealKey(secretOf(1), 'factor');

  it('opens under its key and for its place alone', async () => {
    const sealed = await seal(await key(), 'text ✓', 'place');
    expect(await open(await key(), sealed, 'place')).toBe('text ✓');
    expect(await open(await key(), sealed, 'other place')).toBeNull();
    expect(await open(await key(), sealed, '')).toBeNull();
    for (const other of [
      createSealKey(secretOf(2), 'factor'),
      createSealKey(secretOf(1), 'step'),
    ]) {
      expect(await open(await other(), sealed, 'place')).toBeNull();
    }
  });

  it('has a random IV of 96 bits and a tag of 128', async () => {
    const sealed = await Promise.all(
      Array.from({ length: 100 }, async () => seal(await key(), 'text', 'place')),
    );
    expect(new Set(sealed.map((text) => text.slice(0, 16))).size).toBe(100);
    for (const text of sealed) expect(base64url.decode(text)).toHaveLength(12 + 4 + 16);
  });

  it('does not open with a byte changed or cut off, or in another spelling', async () => {
    const sealed = await seal(await key(), 'text', 'place');
    // 32 bytes leave four bits of the last character unused.
    const last = sealed.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const next = alphabet[alphabet.indexOf(last) + 1];
    const spellings = [sealed.slice(0, -1) + next, `${sealed}=`, ` ${sealed}`, `${sealed}\n`];
    for (const changed of [...changesOf(sealed), ...spellings, '', '🙂', '=']) {
      expect(await open(await key(), changed, 'place'), changed).toBeNull();
    }
  });
});

describe('the handle of a login step', () => {
  it('is read as it was issued', async () => {
    nowMs = ISSUED_MS;
    expect(await steps.read(await steps.issue(step))).toEqual(step);
    expect(await steps.read(KNOWN)).toEqual(step);
  });

  it('is valid for five minutes, and not a millisecond longer', async () => {
    const handle = await steps.issue(step);
    nowMs = ISSUED_MS + 299_999;
    expect(await steps.read(handle)).toEqual(step);
    nowMs = ISSUED_MS + 300_000;
    expect(await steps.read(handle)).toBeNull();
    nowMs = ISSUED_MS;
  });

  it('is not valid under another key, nor for text that the same key seals elsewhere', async () => {
    expect(await stepsOf(2).read(KNOWN)).toBeNull();
    const key = createSealKey(secretOf(1), 'step');
    const elsewhere = await seal(await key(), JSON.stringify(step), 'another place');
    expect(await steps.read(elsewhere)).toBeNull();
  });

  it('is not valid when it is forged or truncated', async () => {
    const forged = ['', 'forged', '~', '🙂', 'A'.repeat(100_000), JSON.stringify(step)];
    for (const handle of [...changesOf(KNOWN), ...forged]) {
      expect(await steps.read(handle), handle.slice(0, 500)).toBeNull();
    }
  });

  it('has nothing readable in it, and the same length whatever it holds', async () => {
    const handles = await Promise.all(
      [step, step, { ...step, userId: 4_294_967_296, remember: false, enrols: true }].map(
        steps.issue,
      ),
    );
    expect(new Set(handles).size).toBe(3);
    for (const handle of handles) {
      expect(handle).toMatch(/^[\w-]{422}$/);
      const text = handle + Buffer.from(base64url.decode(handle)).toString('latin1');
      for (const word of ['email-cookie', 'alice', 'ticket', 'userId', '4294967296', '1700000']) {
        expect(text).not.toContain(word);
      }
    }
  });
});
