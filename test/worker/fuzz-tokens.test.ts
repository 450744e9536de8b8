/**
 * Forged and altered tokens, as access token, refresh token and device cookie of every contract, are
 * refused and harm nothing. tokens.test.ts has the known attacks one by one.
 */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import type { JWK } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { keysFor } from '../../src/crypto/keys.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { editOf } from '../support/fuzz/arbitraries.ts';
import { forgery, forgeToken } from '../support/fuzz/forged.ts';
import { applyEdit } from '../support/fuzz/mutation.ts';
import { client, deviceOf, tokensOf, withDevice } from '../support/session.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  freshAddress,
  type Answer,
} from '../support/test-app.ts';

const RUNS = 400;
const { keys } = JSON.parse(env.TOKEN_KEYS) as { keys: JWK[] };

/** No header can hold anything else, and no body has room for more. */
const canBeSent = (text: string) => /^[\u0020-\u00ff]{1,15000}$/.test(text);

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

const alteration = editOf(
  fc.constantFrom('.', '..', 'a.b.c', 'null', 'e30.e30.e30', '~~~', 'A~1~1~A'),
  fc.constantFrom('.', '=', '==', '\u00a0', 'A', '-', '+', '/', '%2e', ',', 'e30', '"', '~', '0'),
);

describe.each(contractCases)('$name', ({ name, contract }) => {
  const caller = client(createTestApp({ CONTRACTS: [name], OPERATOR_TOKEN: undefined }), name);

  /** The places that take a token, each with a real one. */
  const prepare = async () => {
    const { access, refresh } = tokensOf(await caller.login(await addUser()));
    const bearer = (token: string) => caller.profile(token);
    const places = [{ real: access, send: bearer }];
    if (contract.refresh !== null) {
      const send = (token: string) => caller.refresh(token, { address: freshAddress() });
      places.push({ real: refresh, send }, { real: refresh, send: bearer });
    }
    return {
      place: fc.constantFrom(...places),
      /** The statuses of the real tokens: no refused one has ended the session. */
      statuses: async () => {
        const statuses = [];
        for (const { real, send } of places) statuses.push((await send(real)).status);
        return statuses;
      },
      expected: contract.refresh === null ? [200] : [200, 200, 401],
    };
  };

  const expectRefusal = async (send: (token: string) => Promise<Answer>, token: string) => {
    captured.take();
    const { status, headers, text } = await send(token);
    const challenge = headers.get('WWW-Authenticate');
    expect([status, challenge]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(headers.has('Set-Cookie')).toBe(false);
    const log = captured.take().join('\n');
    expect(log).not.toContain('"event":"failure"');
    if (token.length > 8) expect(text + log).not.toContain(token);
  };

  // A shared secret has no public part: then that of the deployment's first key.
  const own = { x: keys[0]?.x ?? '', ...keysFor(keys, name, contract.tokens.algorithms)[0] };

  it('opens to no forged token', async () => {
    const { place, statuses, expected } = await prepare();
    const property = fc.asyncProperty(forgery, place, async (forgery, { real, send }) => {
      const token = await forgeToken(forgery, { real, own });
      if (token !== null) await expectRefusal(send, token);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await statuses()).toEqual(expected);
  });

  it('opens to no real token with anything changed', async () => {
    const { place, statuses, expected } = await prepare();
    const property = fc.asyncProperty(alteration, place, async (edit, { real, send }) => {
      const token = applyEdit(real, edit).trim();
      if (token !== real && canBeSent(token)) await expectRefusal(send, token);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await statuses()).toEqual(expected);
  });

  it('recognises a device by its unchanged cookie alone', async () => {
    const user = await addUser();
    const device = deviceOf(await caller.login(user));
    await caller.fail(user);
    const property = fc.asyncProperty(alteration, async (edit) => {
      const cookie = applyEdit(device, edit);
      if (cookie.trim() === device || !canBeSent(cookie)) return;
      expect((await caller.login(user, withDevice(cookie))).status, cookie).toBeGreaterThan(299);
    });
    await fc.assert(property, { numRuns: RUNS / 10 });
    expect((await caller.login(user, withDevice(device))).status).toBe(200);
  });
});
