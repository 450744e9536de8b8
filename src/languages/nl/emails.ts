/** Dutch texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Nieuw wachtwoord kiezen',
    signIn: 'Inloggen',
    verifyEmail: 'Adres bevestigen',
    revokeSession: 'Sessie beëindigen',
  },
  notYou:
    'Was jij dit, dan hoef je niets te doen. Was jij dit niet, kies dan meteen een ander wachtwoord:',
  ignore: 'Was jij dit niet, dan hoef je niets te doen.',
  contactOperator: 'Kun je niet meer inloggen, neem dan contact op met de beheerder van {service}.',
  codeLifetime: 'Geldigheid van de code: {duration}. Deel de code met niemand.',
  linkLifetime: 'De link is één keer geldig, gedurende: {duration}.',
  passkeyName: 'Naam van de passkey: {name}',
  'verification-code': {
    subject: 'Bevestig je adres voor {service}',
    intro: 'Vul deze code in om je e-mailadres te bevestigen:',
    otherwise:
      'Was jij dit niet, dan hoef je niets te doen: zonder de code blijft het adres onbevestigd.',
  },
  'registration-code': {
    subject: 'Bevestig je adres voor {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd een account met dit adres aan te maken. Vul deze code in om dat te bevestigen:',
    oneRegistration:
      'De code is alleen geldig met het wachtwoord van deze registratie: elke registratie heeft een eigen code.',
    otherwise: 'Was jij dit niet, dan hoef je niets te doen: zonder de code komt er geen account.',
  },
  'registration-attempt': {
    subject: 'Je hebt al een account bij {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd een account met dit adres aan te maken. Er is er al een, en daaraan is niets gewijzigd. Als je het wachtwoord ervan bent vergeten:',
  },
  'password-reset': {
    subject: 'Stel je wachtwoord voor {service} opnieuw in',
    intro: 'Volg deze link om een nieuw wachtwoord te kiezen:',
    otherwise: 'Was jij dit niet, dan hoef je niets te doen: je wachtwoord blijft zoals het is.',
  },
  'password-changed': {
    subject: 'Je wachtwoord voor {service} is gewijzigd',
    intro:
      'Het wachtwoord van je account is gewijzigd. Was jij dit, dan hoef je niets te doen. Was jij dit niet, neem het account dan meteen terug:',
    passkeysStay:
      'Met de passkeys van je account kan nog steeds worden ingelogd. Log in en verwijder de passkeys die niet van jou zijn.',
    neverSent: 'Wachtwoorden worden nooit per e-mail verstuurd.',
  },
  'email-change-code': {
    subject: 'Bevestig je nieuwe adres voor {service}',
    intro: 'Vul deze code in om dit het e-mailadres van je account te maken:',
    otherwise: 'Was jij dit niet, dan hoef je niets te doen: zonder de code verandert er niets.',
  },
  'email-change-notice': {
    subject: 'Er is een nieuw adres aangevraagd bij {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd dit e-mailadres van je account te vervangen. Dat gebeurt zodra het nieuwe adres is bevestigd. Was jij dit niet, kies dan meteen een ander wachtwoord:',
    otherwise: 'Was jij dit, dan hoef je hier niets te doen.',
  },
  'email-changed': {
    subject: 'Je adres voor {service} is gewijzigd',
    intro:
      'Je account heeft nu een ander e-mailadres, en dit was de laatste e-mail naar dit adres. Was jij dit, dan hoef je niets te doen. Was jij dit niet, log dan in zolang je wachtwoord nog geldig is en wijzig ze allebei:',
  },
  'factor-added': {
    subject: 'Er is een authenticator-app toegevoegd bij {service}',
    intro:
      'Bij het inloggen op je account wordt nu naast het wachtwoord een code van een authenticator-app gevraagd.',
    keepCodes: 'Bewaar de herstelcodes waar je ze zonder je telefoon kunt vinden.',
  },
  'factor-removed': {
    subject: 'Er is een authenticator-app verwijderd bij {service}',
    intro: 'Er is een authenticator-app van je account verwijderd.',
  },
  'recovery-codes-replaced': {
    subject: 'Nieuwe herstelcodes bij {service}',
    intro: 'Er zijn nieuwe herstelcodes voor je account gemaakt, en de oude zijn niet meer geldig.',
    neverSent: 'Herstelcodes worden nooit per e-mail verstuurd.',
  },
  'recovery-code-used': {
    subject: 'Er is een herstelcode gebruikt bij {service}',
    intro: 'Er is een herstelcode van je account gebruikt in plaats van de authenticator-app.',
    left: 'Resterende herstelcodes: {left}. Op de accountpagina kun je nieuwe maken.',
  },
  'passkey-added': {
    subject: 'Er is een passkey toegevoegd bij {service}',
    intro:
      'Er is een passkey aan je account toegevoegd waarmee zonder het wachtwoord kan worden ingelogd. Was jij dit, dan hoef je niets te doen. Was jij dit niet, log dan in en verwijder hem meteen:',
    passwordToo:
      'Kies daarna een ander wachtwoord. Een nieuw wachtwoord alleen verwijdert geen passkey.',
  },
  'passkey-removed': {
    subject: 'Er is een passkey verwijderd bij {service}',
    intro: 'Er is een passkey van je account verwijderd; daarmee kan niet meer worden ingelogd.',
  },
  'passkey-counted-back': {
    subject: 'Een passkey bij {service} is mogelijk gekopieerd',
    intro:
      'Er is zojuist een passkey van je account gebruikt, en het apparaat ervan heeft niet meer handtekeningen geteld dan de vorige keer. Was jij dit, dan is het apparaat waarschijnlijk gereset of gerepareerd. Was jij dit niet, dan heeft iemand misschien een kopie ervan: log in en verwijder hem meteen:',
  },
  'password-removed': {
    subject: 'Het wachtwoord van je account bij {service} is verwijderd',
    intro:
      'Je account heeft geen wachtwoord meer: er wordt ingelogd met de passkeys ervan. Was jij dit, dan hoef je niets te doen. Was jij dit niet, kies dan meteen een nieuw wachtwoord:',
    removePasskeys: 'Log daarna in en verwijder de passkeys die niet van jou zijn.',
  },
  'factors-reset': {
    subject: 'Je tweede factor bij {service} is gereset',
    intro:
      'De beheerder van {service} heeft de authenticator-apps, passkeys en herstelcodes van je account verwijderd. Heb je hierom gevraagd, log dan in met je wachtwoord, of kies er hieronder een als je er geen hebt, en stel nieuwe in.',
    otherwise:
      'Als je hier niet om hebt gevraagd, kies dan meteen een ander wachtwoord en neem contact op met de beheerder van {service}.',
  },
  'new-device': {
    subject: 'Een nieuwe login bij {service}',
    intro:
      'Er is zojuist op je account ingelogd op een apparaat dat daar nog niet eerder voor was gebruikt:',
    otherwise:
      'Was jij dit, dan hoef je niets te doen. Was jij dit niet, beëindig dan die sessie en kies meteen een nieuw wachtwoord:',
  },
  'account-deleted': {
    subject: 'Je account bij {service} is verwijderd',
    intro: 'Je account is met alle gegevens verwijderd.',
    otherwise: 'Heb je hier niet om gevraagd, neem dan contact op met de beheerder van {service}.',
  },
};
