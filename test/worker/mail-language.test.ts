/** The language of e-mails: of the request that registers, and then of the account. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { client } from '../support/session.ts';
import { addUser, newUser, oneOfEachKind } from '../support/test-app.ts';

const GERMAN = { headers: { 'Accept-Language': 'de-AT, en;q=0.5' } };
const FRENCH = { headers: { 'Accept-Language': 'fr' } };

const languageOf = (email: string) =>
  env.DB.prepare('SELECT language FROM users WHERE email = ?').bind(email).first('language');

describe.each(oneOfEachKind)('$name', ({ name, named, application }) => {
  it('is kept with the registration and with its account, whatever is asked in later', async () => {
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const user = newUser();
    const subjects = () => to(user.email).map(({ subject }) => subject);
    await ask('register', application(user), GERMAN);
    await ask('send-code', named(user), FRENCH);
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    await ask('verify-email', proof, FRENCH);
    expect(await languageOf(user.email)).toBe('de');
    await ask('forgot-password', named(user), FRENCH);
    expect(subjects()).toEqual([
      'Bestätige deine Adresse für Gatehouse',
      'Bestätige deine Adresse für Gatehouse',
      'Setze dein Passwort für Gatehouse zurück',
    ]);
  });

  it('is the account’s for an address that is registered again', async () => {
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const user = await addUser({ language: 'de-CH' });
    await ask('register', { ...application(newUser()), email: user.email }, FRENCH);
    expect(to(user.email)).toMatchObject([{ subject: 'Du hast schon ein Konto bei Gatehouse' }]);
  });
});

it('is English where its texts cannot be loaded', async () => {
  const ASSETS = { fetch: async () => new Response('', { status: 404 }) };
  const { app, to } = mailbox({ ASSETS });
  const [{ name, named }] = oneOfEachKind as [(typeof oneOfEachKind)[number]];
  const user = await addUser({ language: 'de' });
  await client(app, name).ask('forgot-password', named(user));
  expect(to(user.email)).toMatchObject([{ subject: 'Reset your password for Gatehouse' }]);
});
