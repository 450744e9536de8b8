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
    'Als jij dit was, hoef je niets te doen. Als jij dit niet was, kies dan meteen een ander wachtwoord:',
  ignore: 'Als jij dit niet was, hoef je niets te doen.',
  contactOperator:
    'Als je niet meer kunt inloggen, neem dan contact op met de beheerder van {service}.',
  codeLifetime: 'De code is {duration} geldig. Deel de code met niemand.',
  linkLifetime: 'De link is één keer geldig, gedurende {duration}.',
  passkeyName: 'Naam van de passkey: {name}',
  'verification-code': {
    subject: 'Bevestig je adres voor {service}',
    intro: 'Vul deze code in om je e-mailadres te bevestigen:',
    otherwise:
      'Als jij dit niet was, hoef je niets te doen: zonder de code blijft het adres onbevestigd.',
  },
  'registration-code': {
    subject: 'Bevestig je adres voor {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd een account met dit adres aan te maken. Vul deze code in om dat te bevestigen:',
    oneRegistration:
      'De code is alleen geldig met het wachtwoord van deze registratie: elke registratie heeft een eigen code.',
    otherwise: 'Als jij dit niet was, hoef je niets te doen: zonder de code komt er geen account.',
  },
  'registration-attempt': {
    subject: 'Je hebt al een account bij {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd een account met dit adres aan te maken. Er is er al een, en daaraan is niets gewijzigd. Als je het wachtwoord ervan bent vergeten:',
  },
  'password-reset': {
    subject: 'Stel je wachtwoord voor {service} opnieuw in',
    intro: 'Volg deze link om een nieuw wachtwoord te kiezen:',
    otherwise: 'Als jij dit niet was, hoef je niets te doen: je wachtwoord blijft zoals het is.',
  },
  'password-changed': {
    subject: 'Je wachtwoord voor {service} is gewijzigd',
    intro:
      'Het wachtwoord van je account is gewijzigd. Als jij dit was, hoef je niets te doen. Als jij dit niet was, neem dan meteen de controle over het account terug:',
    passkeysStay:
      'Met de passkeys van je account kan nog steeds worden ingelogd. Log in en verwijder de passkeys die niet van jou zijn.',
    neverSent: 'Wachtwoorden worden nooit per e-mail verstuurd.',
  },
  'email-change-code': {
    subject: 'Bevestig je nieuwe adres voor {service}',
    intro: 'Vul deze code in om dit het e-mailadres van je account te maken:',
    otherwise: 'Als jij dit niet was, hoef je niets te doen: zonder de code verandert er niets.',
  },
  'email-change-notice': {
    subject: 'Er is een nieuw adres aangevraagd bij {service}',
    intro:
      'Iemand, misschien jij, heeft gevraagd dit e-mailadres van je account te vervangen. Dat gebeurt zodra het nieuwe adres is bevestigd. Als jij dit niet was, kies dan meteen een ander wachtwoord:',
    otherwise: 'Als jij dit was, hoef je hier niets te doen.',
  },
  'email-changed': {
    subject: 'Je adres voor {service} is gewijzigd',
    intro:
      'Je account heeft nu een ander e-mailadres, en dit is de laatste e-mail naar het vorige. Als jij dit was, hoef je niets te doen. Als jij dit niet was, log dan in zolang je wachtwoord nog geldig is en wijzig het wachtwoord en het adres:',
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
      'Er is een passkey aan je account toegevoegd waarmee zonder het wachtwoord kan worden ingelogd. Als jij dit was, hoef je niets te doen. Als jij dit niet was, log dan in en verwijder hem meteen:',
    passwordToo:
      'Kies daarna een ander wachtwoord. Een nieuw wachtwoord alleen verwijdert geen passkey.',
  },
  'passkey-removed': {
    subject: 'Er is een passkey verwijderd bij {service}',
    intro: 'Er is een passkey van je account verwijderd. Daarmee kan niet meer worden ingelogd.',
  },
  'passkey-counted-back': {
    subject: 'Een passkey bij {service} is mogelijk gekopieerd',
    intro:
      'Er is zojuist een passkey van je account gebruikt, en het apparaat ervan heeft niet méér handtekeningen geteld dan de vorige keer. Als jij dit was, is het apparaat waarschijnlijk gereset of gerepareerd. Als jij dit niet was, heeft iemand misschien een kopie ervan: log in en verwijder hem meteen:',
  },
  'password-removed': {
    subject: 'Het wachtwoord van je account bij {service} is verwijderd',
    intro:
      'Je account heeft geen wachtwoord meer: inloggen gaat met de passkeys ervan. Als jij dit was, hoef je niets te doen. Als jij dit niet was, kies dan meteen een nieuw wachtwoord:',
    removePasskeys: 'Log daarna in en verwijder de passkeys die niet van jou zijn.',
  },
  'factors-reset': {
    subject: 'Je tweede factor bij {service} is gereset',
    intro:
      'De beheerder van {service} heeft de authenticator-apps, passkeys en herstelcodes van je account verwijderd. Als je hierom hebt gevraagd, log dan in met je wachtwoord, of kies er hieronder een als je er geen hebt, en stel nieuwe in.',
    otherwise:
      'Als je hier niet om hebt gevraagd, kies dan meteen een ander wachtwoord en neem contact op met de beheerder van {service}.',
  },
  'new-device': {
    subject: 'Een nieuwe login bij {service}',
    intro:
      'Er is zojuist op je account ingelogd op een apparaat dat daar nog niet eerder voor was gebruikt:',
    otherwise:
      'Als jij dit was, hoef je niets te doen. Als jij dit niet was, beëindig dan die sessie en kies meteen een nieuw wachtwoord:',
  },
  'account-deleted': {
    subject: 'Je account bij {service} is verwijderd',
    intro: 'Je account is met alle gegevens verwijderd.',
    otherwise:
      'Als je hier niet om hebt gevraagd, neem dan contact op met de beheerder van {service}.',
  },
};
