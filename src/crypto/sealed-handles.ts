/**
 * Handles that hold what they stand for, sealed under a key of their own: nothing is stored, and their
 * holder reads nothing of it.
 */
import { createSealKey } from './keys.ts';
import { open, seal } from './seal.ts';

interface HandleOptions {
  serverKey: Uint8Array;
  purpose: 'step' | 'authorization-code';
  /** The place that a handle is bound to. */
  aad: string;
  /** Characters that every content is padded to: its length must not tell what is in it. */
  paddedLength: number;
  nowMs(): number;
  lifetimeMs: number;
}

export function createSealedHandles<T extends { issuedAtMs: number }>(options: HandleOptions) {
  const { serverKey, purpose, aad, paddedLength, nowMs, lifetimeMs } = options;
  const key = createSealKey(serverKey, purpose);
  return {
    async issue(content: T): Promise<string> {
      // JSON ignores spaces at its end.
      return seal(await key(), JSON.stringify(content).padEnd(paddedLength), aad);
    },

    /** Null: not one of ours, or older than its lifetime. */
    async read(handle: string): Promise<T | null> {
      const text = await open(await key(), handle, aad);
      if (text === null) return null;
      const content = JSON.parse(text) as T;
      return nowMs() - content.issuedAtMs < lifetimeMs ? content : null;
    },
  };
}
