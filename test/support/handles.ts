/** The registration handle, as a cookie and as a field of the body. */
import type { Answer, Sending } from './test-app.ts';

const COOKIE = '__Host-gh-registration';

export const handleCookie = ({ headers }: Answer): string | undefined =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${COOKIE}=`));

/** The cookie's value. */
export const handleOf = (answer: Answer): string =>
  /=([^;]*)/.exec(handleCookie(answer) ?? '')?.[1] ?? '';

/** The field's value, wherever the contract's envelope has it. */
export const handleField = ({ text }: Answer): string =>
  /"registration":"([^"]*)"/.exec(text)?.[1] ?? '';

export const withHandle = (handle: string): Sending => ({
  headers: { Cookie: `${COOKIE}=${handle}` },
});
