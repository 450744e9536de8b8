/**
 * The breach check sends five digits of a hash and nothing else, counts only hashes that were really
 * seen, and accepts a password, and reports the failure, without an answer.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBreachCheck } from '../../src/crypto/breached.ts';
import { createPasswordRules } from '../../src/flows/password-rules.ts';

/** SHA-1, as everyone knows it: 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8. */
const PASSWORD = 'password';
const REST = '1E4C9B93F3F0682250B6CF8331B7EE68FD8';
const OTHER = '0018A45C4D1DEF81644B54AB7F969B88D65';

function check(answer: () => Response | Promise<Response>) {
  const called: { url: string; init: RequestInit }[] = [];
  const failures: unknown[] = [];
  const isBreached = createBreachCheck({
    fetch: async (url, init) => {
      called.push({ url, init });
      return answer();
    },
    onFailure: (error) => void failures.push(error),
  });
  return { isBreached, called, failures };
}

describe('the breach check', () => {
  it('asks for five digits of the hash, padded', async () => {
    const { isBreached, called } = check(() => new Response(''));
    await isBreached(PASSWORD);
    expect(called).toEqual([
      {
        url: 'https://api.pwnedpasswords.com/range/5BAA6',
        init: {
          headers: { 'Add-Padding': 'true', 'User-Agent': 'gatehouse' },
          signal: expect.any(AbortSignal),
        },
      },
    ]);
  });

  it('asks about the composed form, in UTF-8', async () => {
    const { isBreached, called } = check(() => new Response(''));
    await isBreached('Zoe\u0308s Passwort');
    const digest = createHash('sha1').update('Zo\u00ebs Passwort').digest('hex').toUpperCase();
    expect(called[0]?.url).toBe(`https://api.pwnedpasswords.com/range/${digest.slice(0, 5)}`);
  });

  it.each([
    { name: 'stands alone', body: `${REST}:1`, breached: true },
    { name: 'stands among others', body: `${OTHER}:4\r\n${REST}:10434004\r\n`, breached: true },
    { name: 'stands after plain line breaks', body: `${OTHER}:4\n${REST}:2\n`, breached: true },
    { name: 'only pads', body: `${OTHER}:4\r\n${REST}:0`, breached: false },
    { name: 'is not there', body: `${OTHER}:4`, breached: false },
    { name: 'is only part of another line', body: `0${REST}:4`, breached: false },
    { name: 'has no count', body: REST, breached: false },
    { name: 'has a count that is none', body: `${REST}:many`, breached: false },
    { name: 'is awaited of an empty answer', body: '', breached: false },
  ])('where the hash $name: $breached', async ({ body, breached }) => {
    const { isBreached, failures } = check(() => new Response(body));
    expect(await isBreached(PASSWORD)).toBe(breached);
    expect(failures).toEqual([]);
  });

  it.each([400, 404, 429, 500, 503])(
    'accepts the password, and reports the failure, after an answer of %i',
    async (status) => {
      const { isBreached, failures } = check(() => new Response(`${REST}:9`, { status }));
      expect(await isBreached(PASSWORD)).toBe(false);
      expect(failures).toEqual([new Error(`Have I Been Pwned answered ${status}`)]);
    },
  );

  it('accepts the password, and reports the failure, after a lost connection', async () => {
    const lost = new TypeError('fetch failed');
    const { isBreached, failures } = check(() => Promise.reject(lost));
    expect(await isBreached(PASSWORD)).toBe(false);
    expect(failures).toEqual([lost]);
  });

  it('gives up where no answer comes in a second, and lets pass', async () => {
    const failures: unknown[] = [];
    const isBreached = createBreachCheck({
      fetch: (_, { signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
      onFailure: (error) => void failures.push(error),
    });
    expect(await isBreached(PASSWORD)).toBe(false);
    expect(failures).toMatchObject([{ name: 'TimeoutError' }]);
  });
});

describe('the password rules', () => {
  const rules = { least: 8, most: 256 };
  const asked: string[] = [];
  const isBreached = async (password: string) => {
    asked.push(password);
    return password.includes('leaked');
  };
  const all = createPasswordRules({ rules, service: 'Acme Login', isBreached });
  const offline = createPasswordRules({ rules, service: 'Acme Login', isBreached: null });

  it.each([
    ['short', 'too-short'],
    ['x'.repeat(257), 'too-long'],
    ['iloveyou', 'common'],
    ['acmelogin1', 'personal'],
    ['john@example.com', 'personal'],
  ])('refuse %s as %s, and ask nobody', async (password, flaw) => {
    asked.length = 0;
    expect(await all.flawOf(password, ['john@example.com'])).toMatchObject({ flaw });
    expect(asked).toEqual([]);
  });

  it('ask about what passes, where they are to', async () => {
    expect(await all.flawOf('a leaked secret', [])).toEqual({
      flaw: 'breached',
      message: 'Password is known from a data breach elsewhere',
    });
    expect(await all.flawOf('a well kept secret', [])).toBeNull();
    expect(await offline.flawOf('a leaked secret', [])).toBeNull();
  });
});
