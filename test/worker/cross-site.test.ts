/** Requests that a page of another site can cause without a preflight (OWASP ASVS 5.0, V3.5). */
import { expect, it } from 'vitest';
import { ATTEMPT_PATHS } from '../fixtures/attempt-paths.ts';
import { flawsOfAnswer } from '../support/published.ts';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';
import { client } from '../support/session.ts';

it.each(contractCases)(
  'refuses a form of another site at every operation of $name, before any call',
  async ({ name, contract }) => {
    const person = await addUser();
    const { base } = client(createTestApp(), name);
    const all = {
      ...person,
      code: '123456',
      token: 'x',
      currentPassword: person.password,
      newPassword: 'something else entirely',
      refreshToken: 'x',
    };
    const operations = [
      ...ATTEMPT_PATHS,
      // refresh-cookie.test.ts sends forms with the refresh cookie.
      ...(contract.refresh?.in === 'body' ? ['refresh'] : []),
    ];
    for (const operation of operations) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const calls: unknown[] = [];
        const here = createTestApp({}, (call, proceed) => (calls.push(call), proceed()));
        const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
        const { status, text } = await here.post(`${base}/${operation}`, all, { headers });
        expect([operation, type, [400, 422].includes(status)]).toEqual([operation, type, true]);
        expect([operation, type, calls]).toEqual([operation, type, []]);
        const exchange = { contract: name, method: 'POST', path: `${base}/${operation}`, status };
        expect(flawsOfAnswer(exchange, JSON.parse(text))).toEqual([]);
      }
    }
  },
);
