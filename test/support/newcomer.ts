/** Somebody nobody has heard of. */
import type { Person } from './house.ts';

let people = 0;

export function newcomer(): Person {
  people += 1;
  return {
    username: `newcomer-${people}`,
    email: `newcomer-${people}@example.com`,
    password: `a long way to ${people}`,
  };
}
