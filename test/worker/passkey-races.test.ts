/** Parallel submissions of one credential, and parallel removals of the ways into an account. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addPasskey, assertionAt, registrationAt, signInBy } from '../support/passkeys.ts';
import { client, tokensOf } from '../support/session.ts';
import { addUser, count, createTestApp, type Answer } from '../support/test-app.ts';

const MANY = 30;
const app = createTestApp();
const own = client(app, 'email-remember');
const other = client(app, 'username-coded');
const { ask, status } = own;

const from = <T>(length: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length }, (_, n) => work(n)));
const tally = (answers: readonly Answer[]) => {
  const counts: Record<number, number> = {};
  for (const answer of answers) counts[answer.status] = (counts[answer.status] ?? 0) + 1;
  return counts;
};
const passkeysOf = async ({ id }: { id: number }): Promise<number> => {
  const found = env.DB.prepare('SELECT count(*) AS n FROM passkeys WHERE user_id = ?').bind(id);
  return (await found.first<number>('n')) ?? 0;
};

describe('one assertion, submitted many times at once', () => {
  it('opens one session', async () => {
    const user = await addUser();
    const credential = await assertionAt(own, await addPasskey(user));
    const answers = await from(MANY, (n) =>
      ask('passkey-login', { credential, remember: n % 2 === 0 }),
    );
    expect(tally(answers)).toEqual({
      [status.granted]: 1,
      [status['expired-challenge']]: MANY - 1,
    });
    expect(await count('sessions', user.id)).toBe(1);
  });

  it('opens one session at two contracts, at the one that asked', async () => {
    const user = await addUser();
    const credential = await assertionAt(own, await addPasskey(user));
    const answers = await from(MANY, (n) =>
      (n % 2 === 0 ? own : other).ask('passkey-login', { credential, remember: false }),
    );
    const half = MANY / 2;
    expect(tally(answers.filter((_, n) => n % 2 === 0))).toEqual({
      [status.granted]: 1,
      [status['expired-challenge']]: half - 1,
    });
    expect(tally(answers.filter((_, n) => n % 2 === 1))).toEqual({
      [other.status['invalid-passkey']]: half,
    });
    expect(await count('sessions', user.id)).toBe(1);
  });

  it('proves one thing, once: a sign-in or an identity', async () => {
    const user = await addUser();
    const passkey = await addPasskey(user);
    const { access: token } = tokensOf(await signInBy(own, passkey));
    const credential = await assertionAt(own, passkey);
    const proof = { password: null, code: null, credential };
    const answers = await from(MANY, (n) =>
      n % 2 === 0
        ? ask('passkey-login', { credential, remember: false })
        : ask('reauthenticate', proof, { token }),
    );
    expect(answers.filter((answer) => answer.status < 300)).toHaveLength(1);
  });

  it('of two passkeys over one challenge: opens one session', async () => {
    const user = await addUser();
    const [one, second] = [await addPasskey(user), await addPasskey(user)];
    const first = await assertionAt(own, one);
    const challenge = JSON.parse(Buffer.from(first.clientDataJSON, 'base64url').toString()) as {
      challenge: string;
    };
    const credentials = [first, await second.sign(challenge.challenge)] as const;
    const answers = await from(MANY, (n) =>
      ask('passkey-login', { credential: credentials[n % 2 === 0 ? 0 : 1], remember: false }),
    );
    expect(tally(answers)[status.granted]).toBe(1);
    expect(await count('sessions', user.id)).toBe(1);
  });
});

const signedIn = async () => {
  const user = await addUser();
  return { user, token: tokensOf(await own.login(user)).access };
};

it('registers one credential once, whatever is submitted at once', async () => {
  const { user, token } = await signedIn();
  const credential = await registrationAt(own, token);
  const answers = await from(MANY, (n) =>
    ask('add-passkey', { name: `Phone ${n}`, credential }, { token }),
  );
  expect(tally(answers)).toEqual({ 200: 1, [status['expired-challenge']]: MANY - 1 });
  expect(await passkeysOf(user)).toBe(1);
});

it('registers twenty of the passkeys that are added at once', async () => {
  const { user, token } = await signedIn();
  const credentials = await from(MANY, () => registrationAt(own, token));
  const answers = await from(MANY, (n) =>
    ask('add-passkey', { name: null, credential: credentials[n]! }, { token }),
  );
  expect(tally(answers)).toEqual({ 200: 20, [status['too-many-passkeys']]: MANY - 20 });
  expect(await passkeysOf(user)).toBe(20);
});

it('leaves two passkeys to an account without a password, whatever is removed at once', async () => {
  const { user, token } = await signedIn();
  const passkeys = await from(6, () => addPasskey(user));
  await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?').bind(user.id).run();
  const answers = await from(6, (n) => ask('remove-passkey', { id: passkeys[n]!.id }, { token }));
  expect(tally(answers)).toEqual({ [status.done]: 4, [status['last-way-in']]: 2 });
  expect(await passkeysOf(user)).toBe(2);
});

it('removes the password or a passkey that it hangs by, and not both', async () => {
  for (const isPasswordFirst of [true, false]) {
    const user = await addUser();
    const passkeys = await from(2, () => addPasskey(user));
    const { access: token } = tokensOf(await signInBy(own, passkeys[0]!));
    const removals = [
      () => ask('remove-password', null, { token }),
      () => ask('remove-passkey', { id: passkeys[1]!.id }, { token }),
    ];
    const works = isPasswordFirst ? removals : removals.toReversed();
    const answers = await Promise.all(works.map((work) => work()));
    expect(answers.filter((answer) => answer.status < 300)).toHaveLength(1);
    const left = env.DB.prepare('SELECT password_hash IS NULL AS is_bare FROM users WHERE id = ?');
    const isBare = (await left.bind(user.id).first<number>('is_bare')) === 1;
    expect(await passkeysOf(user)).toBe(isBare ? 2 : 1);
  }
});
