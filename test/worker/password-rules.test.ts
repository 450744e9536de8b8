/** The rules of a password that is to be set, in workerd. */
import { expect, it } from 'vitest';
import { createBreachCheck } from '../../src/crypto/breached.ts';
import { createPasswordRules } from '../../src/flows/password-rules.ts';

it('judges a password to be set, list and hash included, in the runtime that it is made for', async () => {
  const asked: string[] = [];
  const rules = createPasswordRules({
    rules: { least: 8, most: 256 },
    service: 'Gatehouse',
    isBreached: createBreachCheck({
      fetch: async (url) => {
        asked.push(url);
        return new Response('');
      },
      onFailure: (error) => {
        throw error;
      },
    }),
  });
  expect(await rules.flawOf('password1', [])).toMatchObject({ flaw: 'common' });
  expect(await rules.flawOf('correct horse battery staple', [])).toBeNull();
  expect(asked).toEqual([
    expect.stringMatching(/^https:\/\/api\.pwnedpasswords\.com\/range\/[0-9A-F]{5}$/),
  ]);
});
