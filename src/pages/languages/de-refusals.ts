/** German texts of refusals. */
import type { Messages } from './en.ts';

export const refusals: Messages['script']['refusals'] = {
  malformed: 'Bitte prüfe deine Eingaben.',
  limited: 'Zu viele Versuche aus deinem Netz.',
  busy: 'Zu viele Versuche auf einmal.',
  locked:
    'Dieses Konto ist nach zu vielen Fehlversuchen gesperrt. Setze das Passwort zurück, oder wende dich an den Support.',
  'locked-until-reset':
    'Dieses Konto ist nach zu vielen Fehlversuchen gesperrt. Setze das Passwort zurück, um es zu öffnen, oder wende dich an den Support.',
  inactive: 'Dieses Konto ist nicht aktiv. Bitte wende dich an den Support.',
  unverified: 'Deine E-Mail-Adresse ist noch nicht bestätigt.',
  unauthenticated: 'Du bist nicht mehr angemeldet.',
  taken: 'Dieser Name ist vergeben. Bitte wähle einen anderen.',
  'email-taken': 'Zu dieser Adresse gibt es schon ein Konto.',
  'invalid-code': 'Der Code stimmt nicht oder gilt nicht mehr. Du kannst einen neuen anfordern.',
  'invalid-link': 'Der Link gilt nicht mehr. Bitte fordere einen neuen an.',
  'second-factor-required':
    'Es fehlt ein Code deines zweiten Schritts. Bitte melde dich noch einmal an.',
  'enrolment-required':
    'Dein Konto braucht einen zweiten Schritt, und das Einrichten braucht JavaScript. Bitte erlaube es und melde dich noch einmal an.',
  'invalid-factor':
    'Der Code stimmt nicht, oder er wurde schon benutzt. Bitte gib einen anderen ein.',
  'expired-step':
    'Das hat zu lange gedauert, oder dein Konto hat sich geändert. Bitte melde dich noch einmal an.',
  'reauthentication-required': 'Bitte weise dich noch einmal aus.',
  'too-many-factors': 'Mehr Authenticator-Apps kann dein Konto nicht haben.',
  'invalid-passkey':
    'Dieser Passkey wurde nicht angenommen. Bitte nimm einen anderen oder melde dich auf einem anderen Weg an.',
  'expired-challenge': 'Das hat zu lange gedauert. Bitte versuche es noch einmal.',
  'unacceptable-passkey': 'Dieses Konto braucht einen Passkey, der auf seinem Gerät bleibt.',
  'too-many-passkeys': 'Mehr Passkeys kann dein Konto nicht haben.',
  'last-way-in':
    'Ohne das könntest du dich nicht mehr anmelden. Bitte füge erst einen anderen Passkey hinzu, oder mache Wiederherstellungscodes.',
  'cross-site': 'Das Formular kam von einer anderen Seite und wurde nicht angenommen.',
  'not-found': 'Das gibt es nicht mehr.',
  insecure: 'Bitte öffne diese Seite über https.',
  internal:
    'Bei uns ging etwas schief. Bitte versuche es noch einmal oder wende dich an den Support.',
};
