/** The registration handle, as a browser keeps it and as a client without cookies does. */
import type { Answer, Sending } from './test-app.ts';

const COOKIE = '__Host-gh-registration';

export const handleCookie = ({ headers }: Answer): string | undefined =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${COOKIE}=`));

/** The cookie's value. */
export const handleOf = (answer: Answer): string =>
  handleCookie(answer)
    ?.slice(COOKIE.length + 1)
    .split(';')[0] ?? '';

/** The field's value, wherever the contract's envelope has it. */
export const handleField = ({ text }: Answer): string =>
  /"registration":"([^"]*)"/.exec(text)?.[1] ?? '';

export const withHandle = (handle: string): Sending => ({
  headers: { Cookie: `${COOKIE}=${handle}` },
});

/** What is written, with every handle replaced by one word: they are random. */
export const withoutHandles = (written: string): string =>
  written.replaceAll(/[\w-]{22}~\d{10}(?:~[\w-]{43})+/g, 'handle');
