/**
 * Forged and altered tokens, as access token, refresh token and device cookie of every contract, are
 * refused and harm nothing. tokens.test.ts has the known attacks one by one.
 */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import type { JWK } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { keysFor } from '../../src/crypto/keys.ts';
import { challengeOf, challengeTo } from '../support/contract-cases.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { editOf } from '../support/fuzz/arbitraries.ts';
import { forgery, forgeToken } from '../support/fuzz/forged.ts';
import { applyEdit } from '../support/fuzz/mutation.ts';
import { client, deviceOf, tokensOf, withDevice } from '../support/session.ts';
import { addUser, contractCases, createTestApp, freshAddress } from '../support/test-app.ts';

const RUNS = 400;
const { keys } = JSON.parse(env.TOKEN_KEYS) as { keys: JWK[] };

/** No header can hold anything else, and no body has room for more. */
const canBeSent = (text: string) => /^[\u0020-\u00ff]{1,15000}$/.test(text);

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

interface Place {
  real: string;
  operation: 'profile' | 'refresh';
}

const alteration = editOf(
  fc.constantFrom('.', '..', 'a.b.c', 'null', 'e30.e30.e30', '~~~', 'A~1~1~A'),
  fc.constantFrom('.', '=', '==', '\u00a0', 'A', '-', '+', '/', '%2e', ',', 'e30', '"', '~', '0'),
);

describe.each(contractCases)('$name', ({ name, contract, status, statusAt, knowsDevices }) => {
  const caller = client(createTestApp({ CONTRACTS: [name], OPERATOR_TOKEN: undefined }), name);

  const sendTo = ({ operation }: Place, token: string) =>
    operation === 'profile'
      ? caller.profile(token)
      : caller.refresh(token, { address: freshAddress() });
  /** The places that take a token, each with a real one. */
  const prepare = async () => {
    const { access, refresh } = tokensOf(await caller.login(await addUser()));
    const places: Place[] = [{ real: access, operation: 'profile' }];
    if (contract.refresh !== null) {
      places.push({ real: refresh, operation: 'refresh' }, { real: refresh, operation: 'profile' });
    }
    return {
      place: fc.constantFrom(...places),
      /** The statuses of the real tokens: no refused one has ended the session. */
      statuses: async () => {
        const statuses = [];
        for (const place of places) statuses.push((await sendTo(place, place.real)).status);
        return statuses;
      },
      expected: [
        status.granted,
        ...(contract.refresh === null ? [] : [status.granted, statusAt('profile').unauthenticated]),
      ],
    };
  };

  const expectRefusal = async (place: Place, token: string) => {
    captured.take();
    const answer = await sendTo(place, token);
    expect([answer.status, challengeOf(answer)]).toEqual([
      statusAt(place.operation).unauthenticated,
      challengeTo(name, place.operation, true),
    ]);
    const { headers, text } = answer;
    expect(headers.has('Set-Cookie')).toBe(false);
    const log = captured.take().join('\n');
    expect(log).not.toContain('"event":"failure"');
    if (token.length > 8) expect(text + log).not.toContain(token);
  };

  // A shared secret has no public part: then that of the deployment's first key.
  const own = { x: keys[0]?.x ?? '', ...keysFor(keys, name, contract.tokens.algorithms)[0] };

  it('opens to no forged token', async () => {
    const { place, statuses, expected } = await prepare();
    const property = fc.asyncProperty(forgery, place, async (forgery, place) => {
      // No fault of a wire whose access tokens are plain JWT.
      fc.pre(forgery.header['typ'] !== contract.tokens.type);
      const token = await forgeToken(forgery, { real: place.real, own });
      if (token !== null) await expectRefusal(place, token);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await statuses()).toEqual(expected);
  });

  it('opens to no real token with anything changed', async () => {
    const { place, statuses, expected } = await prepare();
    const property = fc.asyncProperty(alteration, place, async (edit, place) => {
      const token = applyEdit(place.real, edit).trim();
      if (token !== place.real && canBeSent(token)) await expectRefusal(place, token);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await statuses()).toEqual(expected);
  });

  it('recognises a device by its unchanged cookie alone', async () => {
    if (!knowsDevices) return;
    const user = await addUser();
    const device = deviceOf(await caller.login(user));
    await caller.fail(user);
    const property = fc.asyncProperty(alteration, async (edit) => {
      const cookie = applyEdit(device, edit);
      if (cookie.trim() === device || !canBeSent(cookie)) return;
      expect((await caller.login(user, withDevice(cookie))).status, cookie).toBeGreaterThan(299);
    });
    await fc.assert(property, { numRuns: RUNS / 10 });
    expect((await caller.login(user, withDevice(device))).status).toBe(status.granted);
  });
});
