/**
 * What is no token of ours, byte for byte, opens nothing and harms nothing: forged ones with every
 * kind of fault, and real ones with anything changed, as bearer's, refresh token and device cookie
 * of every contract. tokens.test.ts has the known attacks one by one.
 */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import type { JWK } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addUser,
  contractCases,
  freshAddress,
  createTestApp,
  type Answer,
} from '../support/test-app.ts';
import { edited, editOf } from '../support/fuzz/edits.ts';
import { forged, forgery } from '../support/fuzz/forged.ts';
import { captureConsole, type CapturedConsole } from '../support/fuzz/captured-console.ts';
import { client, held } from '../support/session.ts';

/** Twice over for each of five contracts: these are cheap. */
const RUNS = 900;
const [own] = (JSON.parse(env.TOKEN_KEYS) as { keys: [JWK] }).keys;

/** No header can hold anything else, and no body has room for more. */
const fits = (text: string) => /^[\u0020-\u00ff]{1,15000}$/.test(text);

let ear: CapturedConsole;
beforeEach(() => {
  ear = captureConsole();
  return () => void vi.restoreAllMocks();
});

const spoiled = editOf(
  fc.constantFrom('.', '..', 'a.b.c', 'null', 'e30.e30.e30', '~~~', 'A~1~1~A'),
  fc.constantFrom('.', '=', '==', '\u00a0', 'A', '-', '+', '/', '%2e', ',', 'e30', '"', '~', '0'),
);

describe.each(contractCases)('$name', ({ name, path, body, contract }) => {
  const here = createTestApp({ CONTRACTS: [name], OPERATOR_TOKEN: undefined });
  const caller = client(here, name);

  /** The places that take a token, each with a real one. */
  const scene = async () => {
    const { access, refresh } = held(await caller.login(await addUser()));
    const bearer = (token: string) => caller.profile(token);
    const places = [{ real: access, send: bearer }];
    if (contract.refresh !== null) {
      const send = (token: string) => caller.refresh(token, { address: freshAddress() });
      places.push({ real: refresh, send }, { real: refresh, send: bearer });
    }
    return {
      places: fc.constantFrom(...places),
      /** Nothing that was refused has ended the session: what each real one is answered. */
      after: async () => {
        const statuses = [];
        for (const { real, send } of places) statuses.push((await send(real)).status);
        return statuses;
      },
    };
  };

  const verifiedTokens = contract.refresh === null ? [200] : [200, 200, 401];

  const refuses = async (send: (token: string) => Promise<Answer>, token: string) => {
    ear.take();
    const { status, headers, text } = await send(token);
    expect([status, headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    expect(headers.has('Set-Cookie')).toBe(false);
    const log = ear.take().join('\n');
    expect(log).not.toContain('"event":"failure"');
    if (token.length > 8) expect([text, log].filter((said) => said.includes(token))).toEqual([]);
  };

  it('opens to no forged token', async () => {
    const { places, after } = await scene();
    const property = fc.asyncProperty(forgery, places, async (forgery, { real, send }) => {
      await refuses(send, await forged(forgery, { real, own }));
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await after()).toEqual(verifiedTokens);
  });

  it('opens to no real token with anything changed', async () => {
    const { places, after } = await scene();
    const property = fc.asyncProperty(spoiled, places, async (edit, { real, send }) => {
      const token = edited(real, edit).trim();
      if (token !== real && fits(token)) await refuses(send, token);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(await after()).toEqual(verifiedTokens);
  });

  it('knows a device by its own cookie alone', async () => {
    const person = await addUser();
    const known = await caller.login(person);
    const all = known.headers.getSetCookie().join('\n');
    const [, device = ''] = /^__Host-gh-device=([^;]+)/m.exec(all) ?? [];
    for (let n = 0; n < 5; n += 1) await caller.login({ ...person, password: 'a wrong one' });
    const from = (cookie: string) =>
      here.post(path, body(person), { headers: { Cookie: `__Host-gh-device=${cookie}` } });
    const property = fc.asyncProperty(spoiled, async (edit) => {
      const cookie = edited(device, edit);
      if (cookie.trim() === device || !fits(cookie)) return;
      const { status } = await from(cookie);
      expect([cookie, status < 300]).toEqual([cookie, false]);
    });
    await fc.assert(property, { numRuns: RUNS / 10 });
    expect((await from(device)).status).toBe(200);
  });
});
