/** Somebody nobody has heard of. */
import type { TestUser } from './test-app.ts';

let people = 0;

export function newUser(): TestUser {
  people += 1;
  return {
    username: `newcomer-${people}`,
    email: `newcomer-${people}@example.com`,
    password: `a long way to ${people}`,
  };
}
