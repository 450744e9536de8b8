/** German messages. */
import type { Messages } from './en.ts';

export const de: Messages = {
  tag: 'de',
  scriptsOff: 'Diese Seite braucht JavaScript. Bitte erlaube es hier und lade die Seite neu.',
  signedInScriptsOff:
    'Du bist angemeldet. Profil und Sitzungen erscheinen, sobald JavaScript an ist.',
  fields: {
    email: 'E-Mail',
    username: 'Benutzername',
    usernameOrEmail: 'Benutzername oder E-Mail',
    name: 'Name (freiwillig)',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    currentPassword: 'Bisheriges Passwort',
    passwordHint: 'Mindestens {least} Zeichen. Ein paar Wörter hintereinander sind ein gutes.',
    code: 'Code aus der E-Mail',
    remember: 'Auf diesem Gerät angemeldet bleiben',
    show: 'Zeigen',
    showPassword: 'Zeigen: Passwort',
  },
  login: {
    title: 'Anmelden',
    intro: 'Schön, dass du wieder da bist.',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    newHere: 'Neu hier?',
    register: 'Konto anlegen',
  },
  register: {
    title: 'Konto anlegen',
    intro: 'Wir schicken einen Code an deine Adresse, um sicher zu sein, dass sie dir gehört.',
    submit: 'Konto anlegen',
    haveOne: 'Schon ein Konto?',
    signIn: 'Anmelden',
  },
  verify: {
    title: 'E-Mail bestätigen',
    intro:
      'Gib die sechs Ziffern aus der E-Mail ein, die wir dir geschickt haben, und dein Passwort.',
    submit: 'Bestätigen',
    again: 'Neuen Code schicken',
    back: 'Zurück zur Anmeldung',
  },
  forgot: {
    title: 'Passwort vergessen?',
    intro:
      'Sag uns, wer du bist. Gibt es das Konto, schicken wir ihm einen Link für ein neues Passwort.',
    submit: 'Link schicken',
    back: 'Zurück zur Anmeldung',
  },
  reset: {
    title: 'Neues Passwort wählen',
    intro: 'Alle Sitzungen enden, und du meldest dich mit dem neuen Passwort an.',
    submit: 'Passwort setzen',
    again: 'Neuen Link anfordern',
  },
  home: {
    title: 'Dein Konto',
    loading: 'Wird geladen …',
    profile: 'Profil',
    sessions: 'Wo du angemeldet bist',
    changePassword: 'Passwort ändern',
    change: 'Passwort ändern',
    signOut: 'Abmelden',
    signOutEverywhere: 'Überall abmelden',
  },
  docs: { title: 'API-Referenz', scriptsOff: 'Die Referenz braucht JavaScript.' },
  mail: {
    title: 'Lokale Mails',
    intro: 'Was dieser Rechner verschickt hätte. Es bleibt hier und geht an niemanden.',
    none: 'Noch keine Mail.',
    to: 'An',
    reload: 'Neu laden',
  },
  invalid: {
    email: 'E-Mail oder Passwort ist falsch.',
    username: 'Benutzername oder Passwort ist falsch.',
  },
  script: {
    required: 'Bitte fülle das aus.',
    emailMalformed: 'Das sieht nicht wie eine E-Mail-Adresse aus.',
    usernameMalformed: 'Bitte nimm 3 bis 32 Buchstaben, Ziffern, Punkte, Binde- oder Unterstriche.',
    passwordShort: 'Bitte nimm mindestens {least} Zeichen.',
    codeMalformed: 'Der Code hat sechs Ziffern.',
    weakPassword:
      'Dieses Passwort ist zu leicht zu erraten, zu kurz oder zu lang. Bitte wähle ein anderes.',
    wrongCurrent: 'Das bisherige Passwort stimmt nicht.',
    offline: 'Wir sind nicht erreichbar. Bitte prüfe deine Verbindung und versuche es noch einmal.',
    storageBlocked:
      'Dein Browser merkt sich nichts für diese Seite, so kannst du nicht angemeldet bleiben. Bitte erlaube es und versuche es noch einmal.',
    wait: 'Du kannst es in {time} wieder versuchen.',
    again: 'Du kannst es jetzt wieder versuchen.',
    minutes: 'etwa {n} Minuten',
    minute: 'etwa einer Minute',
    seconds: 'weniger als einer Minute',
    working: 'Einen Moment …',
    codeSent:
      'Falls das Konto auf einen Code wartet, ist ein neuer unterwegs. Wir schicken nur wenige in der Stunde.',
    codeNeeded:
      'Deine E-Mail-Adresse ist noch nicht bestätigt. Wir haben einen Code dafür angefordert; nur wenige werden in der Stunde verschickt.',
    codeNotSent: 'Es wurde kein Code verschickt.',
    linkSent: 'Falls es das Konto gibt, ist ein Link unterwegs. Bitte sieh in dein Postfach.',
    passwordSet: 'Dein neues Passwort gilt. Du kannst dich damit anmelden.',
    passwordChanged: 'Dein Passwort ist geändert.',
    ended: 'Die Sitzung ist beendet.',
    thisDevice: 'Dieses Gerät',
    lastUsed: 'Zuletzt benutzt {time}',
    end: 'Beenden',
    endOf: 'Beenden: Sitzung {device}',
    labels: { name: 'Name', username: 'Benutzername', email: 'E-Mail' },
    refusals: {
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
      'invalid-code':
        'Der Code stimmt nicht oder gilt nicht mehr. Du kannst einen neuen anfordern.',
      'invalid-link': 'Der Link gilt nicht mehr. Bitte fordere einen neuen an.',
      'cross-site': 'Das Formular kam von einer anderen Seite und wurde nicht angenommen.',
      'not-found': 'Das gibt es nicht mehr.',
      insecure: 'Bitte öffne diese Seite über https.',
      internal:
        'Bei uns ging etwas schief. Bitte versuche es noch einmal oder wende dich an den Support.',
    },
  },
};
