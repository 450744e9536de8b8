/** German texts of the pages' markup. */
import type { Pages } from '../en/pages.ts';

export const pages: Pages = {
  layout: {
    language: 'Sprache',
    support: 'Hilfe',
    terms: 'Nutzungsbedingungen',
    privacy: 'Datenschutz',
  },
  scriptsOff:
    'Diese Seite braucht JavaScript. Bitte erlaube es für diese Website und lade die Seite neu.',
  signedInScriptsOff:
    'Du bist angemeldet. Profil und Sitzungen erscheinen, sobald JavaScript eingeschaltet ist.',
  fields: {
    email: 'E-Mail',
    username: 'Benutzername',
    usernameOrEmail: 'Benutzername oder E-Mail',
    name: 'Name (optional)',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    currentPassword: 'Aktuelles Passwort',
    passwordHint:
      'Mindestlänge: {least}. Ein paar Wörter hintereinander ergeben ein gutes Passwort.',
    code: 'Code aus der E-Mail',
    newEmail: 'Neue E-Mail',
    picture: 'Adresse eines Bildes (optional)',
    remember: 'Auf diesem Gerät angemeldet bleiben',
    show: 'Anzeigen',
    showPassword: 'Passwort anzeigen',
  },
  login: {
    title: 'Anmelden',
    intro: 'Schön, dass du wieder da bist.',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    newHere: 'Neu hier?',
    register: 'Konto anlegen',
    passkey: 'Mit einem Passkey anmelden',
  },
  register: {
    title: 'Konto anlegen',
    intro:
      'Wir schicken einen Code an deine E-Mail-Adresse, um sicher zu sein, dass sie dir gehört.',
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
      'Sag uns, wer du bist. Falls es das Konto gibt, schicken wir einen Link, mit dem du ein neues Passwort wählst.',
    submit: 'Link schicken',
    back: 'Zurück zur Anmeldung',
  },
  reset: {
    title: 'Neues Passwort wählen',
    intro: 'Alle deine Sitzungen enden, und du meldest dich mit dem neuen Passwort an.',
    submit: 'Passwort festlegen',
    again: 'Neuen Link anfordern',
  },
  revoke: {
    title: 'Warst du das nicht?',
    intro: 'Beende die Sitzung jetzt und wähle ein neues Passwort.',
    submit: 'Sitzung beenden',
    wasMe: 'Das war ich',
  },
  notFound: {
    title: 'Seite nicht gefunden',
    intro: 'Unter dieser Adresse gibt es keine Seite.',
    signIn: 'Anmelden',
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
    editProfile: 'Profil bearbeiten',
    language: 'Sprache der E-Mails',
    save: 'Speichern',
    changeEmail: 'E-Mail-Adresse ändern',
    sendCode: 'Code schicken',
    confirmEmail: 'Adresse ändern',
    renameSession: 'Sitzung umbenennen',
    sessionName: 'Name der Sitzung',
    sessionNameHint: 'Um sie von anderen zu unterscheiden, etwa nach dem Gerät oder dem Ort.',
    activity: 'Letzte Aktivitäten',
    showActivity: 'Letzte Aktivitäten anzeigen',
    deleteAccount: 'Konto löschen',
    deleteIntro: 'Das löscht dein Konto mit allen Daten. Es lässt sich nicht rückgängig machen.',
    deleteSubmit: 'Mein Konto löschen',
    cancel: 'Abbrechen',
  },
  secondFactor: {
    title: 'Noch ein Schritt',
    intro: 'Deine Authenticator-App zeigt einen Code für dieses Konto.',
    submit: 'Anmelden',
    back: 'Zurück zur Anmeldung',
    optional:
      'Nur wenn du die Anmeldung in zwei Schritten eingerichtet hast. Auch ein Wiederherstellungscode ist möglich.',
    passkey: 'Stattdessen einen Passkey benutzen',
  },
  enrolment: {
    title: 'Anmeldung in zwei Schritten einrichten',
    required:
      'Dein Konto braucht einen zweiten Schritt. Richte ihn jetzt ein, dann bist du angemeldet.',
    scan: 'Scanne diesen Code mit einer Authenticator-App:',
    qr: 'QR-Code mit dem geheimen Schlüssel',
    open: 'Eine App auf diesem Gerät öffnen',
    secret: 'Oder gib diesen geheimen Schlüssel in die App ein:',
    submit: 'Bestätigen',
    cancel: 'Abbrechen',
  },
  recovery: {
    title: 'Deine Wiederherstellungscodes',
    intro:
      'Zusammen mit deinem Passwort meldet dich jeder davon einmal an, ohne App oder Passkey. Bewahre sie sicher auf: Sie werden nicht noch einmal angezeigt.',
    download: 'Herunterladen',
    copy: 'Kopieren',
    print: 'Drucken',
    goOn: 'Ich habe sie gesichert',
  },
  factors: {
    title: 'Anmeldung in zwei Schritten',
    add: 'Authenticator-App einrichten',
    newCodes: 'Neue Wiederherstellungscodes erstellen',
    others: 'Du bist auch anderswo angemeldet. Bist das überall du?',
    endOthers: 'Überall sonst abmelden',
  },
  proof: {
    title: 'Bist du es?',
    intro: 'Bestätige es noch einmal, um zu ändern, wie du dich anmeldest.',
    submit: 'Weiter',
    passkey: 'Einen Passkey benutzen',
    cancel: 'Abbrechen',
  },
  passkeys: {
    title: 'Passkeys',
    intro:
      'Ein Passkey meldet dich mit der Bildschirmsperre deines Geräts an, ohne Passwort und Code.',
    add: 'Passkey hinzufügen',
    offer:
      'Willst du dich das nächste Mal mit der Bildschirmsperre dieses Geräts anmelden statt mit dem Passwort?',
    notNow: 'Jetzt nicht',
    name: 'Name des Passkeys',
    nameHint: 'Um ihn von anderen zu unterscheiden, etwa nach dem Gerät, auf dem er ist.',
    submit: 'Weiter',
    cancel: 'Abbrechen',
    passwordless:
      'Neben Passkeys brauchst du kein Passwort. Wenn du es entfernst, enden deine anderen Sitzungen. Du brauchst dafür zwei Passkeys oder einen und Wiederherstellungscodes.',
    removePassword: 'Passwort entfernen',
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
};
