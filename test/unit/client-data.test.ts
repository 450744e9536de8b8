/** Client data of passkeys: JSON whose members have their types, and nothing else about it matters. */
import { expect, it } from 'vitest';
import { readClientData } from '../../src/crypto/passkeys/client-data.ts';

const read = (json: unknown) => readClientData(new TextEncoder().encode(JSON.stringify(json)));
const DATA = { type: 'webauthn.get', challenge: 'AAAA', origin: 'https://example.org' };

it.each([
  [{}, false],
  [{ crossOrigin: false }, false],
  [{ crossOrigin: true }, true],
  [{ topOrigin: 'https://example.org' }, true],
  [{ crossOrigin: false, topOrigin: null }, true],
  [{ tokenBinding: { status: 'supported' }, other: [1] }, false],
])('with %j is read; from a frame of another origin: %s', (members, isCrossOrigin) => {
  expect(read({ ...DATA, ...members })).toEqual({ ...DATA, isCrossOrigin });
});

it.each([
  ...['type', 'challenge', 'origin'].flatMap((name) =>
    [undefined, null, 1, true, ['https://example.org'], {}].map((value) => ({ [name]: value })),
  ),
  ...[null, 'true', 0, 1, [], {}].map((crossOrigin) => ({ crossOrigin })),
])('with %j is refused', (members) => {
  expect(() => read({ ...DATA, ...members })).toThrow(
    expect.objectContaining({ flaw: 'malformed' }),
  );
});
