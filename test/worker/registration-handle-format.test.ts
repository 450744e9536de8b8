/** The names for which a registration handle is valid. */
import { describe, expect, it } from 'vitest';
import { createMac } from '../../src/crypto/keys.ts';
import { createRegistrationHandles } from '../../src/crypto/registration-handles.ts';
import type { Identifier } from '../../src/policy/identifier.ts';

let nowMs = 1_700_000_000_000;
const handlesOf = (key: number) =>
  createRegistrationHandles({
    mac: createMac(new Uint8Array(32).fill(key)),
    nowMs: () => nowMs,
    lifetimeSeconds: 60,
  });
const handles = handlesOf(1);

const email: Identifier = { kind: 'email', value: 'john@example.com' };
const username: Identifier = { kind: 'username', value: 'john' };

describe('a handle', () => {
  it('is valid for each of its names, and for no other', async () => {
    const { id, handle } = await handles.issue([email, username], null);
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(handle).toMatch(/^[\w-]{22}~1700000000~[\w-]{43}~[\w-]{43}$/);
    expect(await handles.read(handle, email)).toBe(id);
    expect(await handles.read(handle, username)).toBe(id);
    for (const other of [
      { kind: 'email', value: 'john@example.org' },
      { kind: 'username', value: 'johnny' },
      { kind: 'username', value: 'john@example.com' },
      { kind: 'email', value: 'john' },
    ] as const) {
      expect(await handles.read(handle, other)).toBeNull();
    }
  });

  it('of an address alone is valid for no username', async () => {
    const { handle } = await handles.issue([email], null);
    expect(handle).toMatch(/^[\w-]{22}~1700000000~[\w-]{43}$/);
    expect(await handles.read(handle, username)).toBeNull();
  });

  it('keeps a known id, and has a random one otherwise', async () => {
    const [one, other] = [await handles.issue([email], null), await handles.issue([email], null)];
    expect(one.id).not.toBe(other.id);
    expect((await handles.issue([email], one.id)).id).toBe(one.id);
  });

  it('is valid until its lifetime ends, and not a moment longer', async () => {
    const { id, handle } = await handles.issue([email], null);
    nowMs += 59_999;
    expect(await handles.read(handle, email)).toBe(id);
    nowMs += 1;
    expect(await handles.read(handle, email)).toBeNull();
  });

  it('is not valid with another key, with its names exchanged, or with anything changed', async () => {
    const { handle } = await handles.issue([email, username], null);
    expect(await handlesOf(2).read(handle, email)).toBeNull();
    const [id = '', at = '', forEmail = '', forUsername = ''] = handle.split('~');
    for (const forged of [
      [id, at, forUsername, forEmail],
      [id, String(Number(at) + 1), forEmail, forUsername],
      [id.replace(/./, (c) => (c === 'A' ? 'B' : 'A')), at, forEmail, forUsername],
      [id, at, '', forUsername],
      [id, at],
      [id, at, forEmail, forUsername, forEmail],
    ]) {
      expect(await handles.read(forged.join('~'), email)).toBeNull();
    }
    expect(await handles.read(null, email)).toBeNull();
    expect(await handles.read('', email)).toBeNull();
  });
});
