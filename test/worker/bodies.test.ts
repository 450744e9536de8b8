/** Request bodies: limited by bytes read, whatever Content-Length says, and refused unless UTF-8. */
import { describe, expect, it } from 'vitest';
import { FORM, operationsOf, routeOf } from '../../src/contracts/routes.ts';
import type { Operation } from '../../src/flows/operations.ts';
import {
  addUser,
  contractCase,
  contractCases,
  freshAddress,
  hashOf,
  createTestApp,
  type TestUser,
} from '../support/test-app.ts';
import { operatorToken } from '../support/operator.ts';
import { encoded } from '../support/session.ts';

const here = createTestApp();
const MAX_BODY_BYTES = 16_384;
const NOBODY: TestUser = { username: 'x', email: 'x@example.com', password: 'x' };

/** A text in UTF-8, with a byte of its own for each `~`. */
function bytes(text: string, byte: number): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  return encoded.map((each) => (each === 0x7e ? byte : each));
}

const send = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  here.fetch(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': freshAddress(),
      ...headers,
    },
    body,
  });

/** A body that arrives in chunks, without a Content-Length. */
const stream = (text: string, chunkBytes: number) => {
  const whole = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= whole.length) controller.close();
      else controller.enqueue(whole.slice(at, (at += chunkBytes)));
    },
  });
};

describe.each(contractCases)(
  'a body for $name',
  ({ name, contract, attempt, inputs, statusAt, status: { granted, malformed, invalid } }) => {
    const isForm = (operation: Operation) => routeOf(contract, operation).accepts === FORM;
    const request = (operation: Operation, user: TestUser) =>
      encoded(name, operation, { input: inputs(user)[operation] as never });
    /** A login's body, with a byte of its own for each `~`. */
    const loginText = (user: TestUser) => {
      const { body } = encoded(name, 'login', { input: attempt(user) });
      return (body ?? '').replaceAll('%7E', '~');
    };
    const sendLogin = (body: BodyInit, headers: Record<string, string> = {}) =>
      here.send({ ...request('login', NOBODY), body: body as string }, { headers });

    it('is refused unless UTF-8, even where the password would match with replacement characters', async () => {
      const user = await addUser({ password_hash: await hashOf('correct \uFFFD horse') });
      const login = (password: string) => loginText({ ...user, password });
      expect((await sendLogin(login('correct \uFFFD horse'))).status).toBe(granted);
      const [before = '', after = ''] = login('correct ~ horse').split('~');
      for (const sequence of [
        [0xff],
        [0xfe],
        [0xc0],
        [0xe2, 0x82], // half a character
        [0xc0, 0xaf], // an overlong form
        [0xed, 0xa0, 0x80], // an encoded surrogate
      ]) {
        const parts = [before, new Uint8Array(sequence), after];
        const answer = await sendLogin(await new Blob(parts).bytes());
        expect(answer.status, String(sequence)).toBe(malformed);
        expect(answer.text).not.toContain('eyJ');
      }
    });

    it('is refused unless UTF-8 by every operation that reads a body, as one that is no JSON', async () => {
      const user = await addUser();
      const withBody = operationsOf(contract).filter((one) => routeOf(contract, one).request);
      for (const operation of withBody) {
        const sent = request(operation, user);
        const visible = async (body: string | Uint8Array) => {
          const { status, text } = await here.send({ ...sent, body });
          return [operation, status, text.replaceAll(/[\da-f-]{36}/g, '<uuid>')];
        };
        // In place of the last letter or digit, which is in a value; some bodies may have none.
        const text = (sent.body ?? '').replace(/^\{\}$/, '{"a":"a"}').replace(/\w(?=\W*$)/, '~');
        const answer = await visible(bytes(text, 0xff));
        expect(answer).toEqual([operation, statusAt(operation).malformed, expect.any(String)]);
        expect(answer).toEqual(await visible(isForm(operation) ? 'a=%FF' : '{'));
      }
    });

    it('may begin with one byte order mark, which is not part of the text', async () => {
      const marked = `\uFEFF${loginText(await addUser())}`;
      expect((await sendLogin(marked)).status).toBe(granted);
      // A second one is part of the first field's name, `grant_type`, which clients of oauth2 may leave out.
      const isLeftOut = name === 'oauth2';
      expect((await sendLogin(`\uFEFF${marked}`)).status).toBe(isLeftOut ? granted : malformed);
    });

    it('may split a character between two chunks', async () => {
      const password = 'grüße an €uropa und 🦊 dazu';
      const user = await addUser({ password_hash: await hashOf(password) });
      const text = decodeURIComponent(loginText({ ...user, password }));
      expect((await sendLogin(stream(text, 1))).status).toBe(granted);
    });

    it('carries a password that is neither trimmed, cut nor folded', async () => {
      const password = `  ＦＵＬＬ width ${'😀'.repeat(230)}!`;
      const user = await addUser({ password_hash: await hashOf(password) });
      const statusOf = async (password: string) =>
        (await sendLogin(loginText({ ...user, password }))).status;
      expect(await statusOf(password)).toBe(granted);
      expect(await statusOf(password.trim())).toBe(invalid);
      expect(await statusOf(password.slice(0, -1))).toBe(invalid);
      expect(await statusOf(password.normalize('NFKC'))).toBe(invalid);
    });

    it.each<Record<string, string>>([
      ...['', '0', '5', '-1', 'x'].map((length) => ({ 'Content-Length': length })),
      {},
      { 'Transfer-Encoding': 'chunked' },
    ])('is at most 16,384 bytes, with %o', async (headers) => {
      const user = await addUser();
      const plain = loginText(user) + (isForm('login') ? '&pad=' : '');
      const statusOf = async (size: number) => {
        const filled = plain + (isForm('login') ? 'x' : ' ').repeat(size - plain.length);
        const sent = 'Transfer-Encoding' in headers ? stream(filled, 1000) : filled;
        return (await sendLogin(sent, headers)).status;
      };
      expect(await statusOf(MAX_BODY_BYTES)).toBe(granted);
      expect(await statusOf(MAX_BODY_BYTES + 1)).toBe(malformed);
      expect(await statusOf(1024 * 1024)).toBe(malformed);
      // Bytes are counted, not characters: each of these is two.
      const twice = loginText({ ...user, password: 'é'.repeat(MAX_BODY_BYTES / 2) });
      expect((await sendLogin(twice, headers)).status).toBe(malformed);
    });

    it('is read no further than the limit', async () => {
      let pulled = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(4096).fill(0x20));
        },
      });
      expect((await sendLogin(endless)).status).toBe(malformed);
      expect(pulled).toBeLessThanOrEqual(8);
    });
  },
);

describe('a body for the admin API', () => {
  const authorized = { Authorization: `Bearer ${operatorToken}` };

  it('is refused unless UTF-8 and at most 16,384 bytes, whatever Content-Length says', async () => {
    const { id } = await addUser();
    const path = `/admin/users/${id}/role`;
    const role = '{"role":"reader","name":"Reader"}';
    const unreadable = await send(path, bytes('{"role":"~","name":"Reader"}', 0xff), authorized);
    expect([unreadable.status, JSON.parse(unreadable.text)]).toEqual([
      400,
      { error: 'malformed', details: { body: ['is no JSON in UTF-8'] } },
    ]);
    for (const length of ['', '3']) {
      const headers = { ...authorized, 'Content-Length': length };
      const large = await send(path, role + ' '.repeat(1024 * 1024), headers);
      expect([large.status, JSON.parse(large.text)]).toEqual([
        400,
        { error: 'malformed', details: { body: ['is too large'] } },
      ]);
    }
    expect((await send(path, role, authorized)).status).toBe(200);
  });
});

describe('the form without scripts', () => {
  const form = '/email-cookie/api/v1/auth/login-form';
  const submit = (fields: BodyInit, headers: Record<string, string> = {}) =>
    send(form, fields, {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'text/html',
      Origin: 'https://gatehouse.example',
      ...headers,
    });

  it('is refused unless its fields are UTF-8, percent-encoded or not', async () => {
    const { email } = contractCase('email-cookie').body(await addUser()) as { email: string };
    const named = `email=${encodeURIComponent(email)}&password=`;
    for (const password of ['%FF', '%C3', '%ED%A0%80', '%']) {
      expect((await submit(named + password)).status, password).toBe(400);
    }
    expect((await submit(bytes(`${named}~`, 0xff))).status).toBe(400);
  });

  it('is at most 16,384 bytes, whatever Content-Length says', async () => {
    const user = await addUser();
    const fields = new URLSearchParams({ email: user.email, password: user.password });
    const filled = (size: number) => `${fields}&pad=${'x'.repeat(size - `${fields}&pad=`.length)}`;
    expect((await submit(filled(MAX_BODY_BYTES))).status).toBe(303);
    for (const length of ['', '3']) {
      const headers = { 'Content-Length': length };
      expect((await submit(filled(MAX_BODY_BYTES + 1), headers)).status).toBe(413);
    }
  });
});
