/** German texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Neues Passwort wählen',
    signIn: 'Anmelden',
    verifyEmail: 'Adresse bestätigen',
    revokeSession: 'Sitzung beenden',
  },
  notYou:
    'Warst du das, musst du nichts tun. Warst du es nicht, wähle sofort ein anderes Passwort:',
  ignore: 'Warst du das nicht, musst du nichts tun.',
  contactOperator: 'Kannst du dich nicht mehr anmelden, wende dich an den Betreiber von {service}.',
  codeLifetime: 'Der Code gilt für: {duration}. Gib ihn nicht weiter.',
  linkLifetime: 'Der Link gilt einmal, für: {duration}.',
  passkeyName: 'Name des Passkeys: {name}',
  'verification-code': {
    subject: 'Bestätige deine Adresse für {service}',
    intro: 'Gib diesen Code ein, um deine E-Mail-Adresse zu bestätigen:',
    otherwise:
      'Warst du das nicht, musst du nichts tun: Ohne den Code bleibt die Adresse unbestätigt.',
  },
  'registration-code': {
    subject: 'Bestätige deine Adresse für {service}',
    intro:
      'Jemand, vielleicht du, wollte mit dieser Adresse ein Konto anlegen. Gib diesen Code ein, um das zu bestätigen:',
    oneRegistration:
      'Der Code gilt nur mit dem Passwort dieser Registrierung: Jede hat einen eigenen.',
    otherwise: 'Warst du das nicht, musst du nichts tun: Ohne den Code entsteht kein Konto.',
  },
  'registration-attempt': {
    subject: 'Du hast schon ein Konto bei {service}',
    intro:
      'Jemand, vielleicht du, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines, und nichts daran wurde geändert. Falls du sein Passwort vergessen hast:',
  },
  'password-reset': {
    subject: 'Setze dein Passwort für {service} zurück',
    intro: 'Folge diesem Link, um ein neues Passwort zu wählen:',
    otherwise: 'Warst du das nicht, musst du nichts tun: Dein Passwort bleibt, wie es ist.',
  },
  'password-changed': {
    subject: 'Dein Passwort für {service} wurde geändert',
    intro:
      'Das Passwort deines Kontos wurde geändert. Warst du das, musst du nichts tun. Warst du es nicht, hol dir das Konto sofort zurück:',
    passkeysStay:
      'Die Passkeys deines Kontos melden weiterhin an. Melde dich an und entferne alle, die nicht deine sind.',
    neverSent: 'Passwörter werden nie per E-Mail verschickt.',
  },
  'email-change-code': {
    subject: 'Bestätige deine neue Adresse für {service}',
    intro: 'Gib diesen Code ein, damit das die E-Mail-Adresse deines Kontos wird:',
    otherwise: 'Warst du das nicht, musst du nichts tun: Ohne den Code ändert sich nichts.',
  },
  'email-change-notice': {
    subject: 'Eine neue Adresse wurde bei {service} angefordert',
    intro:
      'Jemand, vielleicht du, wollte diese E-Mail-Adresse deines Kontos ersetzen. Das geschieht, sobald die neue bestätigt ist. Warst du das nicht, wähle sofort ein anderes Passwort:',
    otherwise: 'Warst du das, musst du hier nichts tun.',
  },
  'email-changed': {
    subject: 'Deine Adresse für {service} wurde geändert',
    intro:
      'Dein Konto hat jetzt eine andere E-Mail-Adresse, und dies war die letzte E-Mail an diese. Warst du das, musst du nichts tun. Warst du es nicht, melde dich an, solange dein Passwort gilt, und ändere beides:',
  },
  'factor-added': {
    subject: 'Eine Authenticator-App wurde bei {service} hinzugefügt',
    intro:
      'Die Anmeldung an deinem Konto fragt jetzt außer dem Passwort nach einem Code einer Authenticator-App.',
    keepCodes: 'Bewahre die Wiederherstellungscodes dort auf, wo du sie ohne dein Telefon findest.',
  },
  'factor-removed': {
    subject: 'Eine Authenticator-App wurde bei {service} entfernt',
    intro: 'Eine Authenticator-App wurde von deinem Konto entfernt.',
  },
  'recovery-codes-replaced': {
    subject: 'Neue Wiederherstellungscodes bei {service}',
    intro:
      'Für dein Konto wurden neue Wiederherstellungscodes gemacht, die alten gelten nicht mehr.',
    neverSent: 'Wiederherstellungscodes werden nie per E-Mail verschickt.',
  },
  'recovery-code-used': {
    subject: 'Ein Wiederherstellungscode wurde bei {service} benutzt',
    intro: 'Statt der Authenticator-App wurde ein Wiederherstellungscode deines Kontos benutzt.',
    left: 'Übrige Wiederherstellungscodes: {left}. Neue kannst du auf der Kontoseite machen.',
  },
  'passkey-added': {
    subject: 'Ein Passkey wurde bei {service} hinzugefügt',
    intro:
      'Deinem Konto wurde ein Passkey hinzugefügt, der ohne das Passwort anmeldet. Warst du das, musst du nichts tun. Warst du es nicht, melde dich an und entferne ihn sofort:',
    passwordToo:
      'Wähle dann ein anderes Passwort. Ein neues Passwort allein entfernt keinen Passkey.',
  },
  'passkey-removed': {
    subject: 'Ein Passkey wurde bei {service} entfernt',
    intro: 'Ein Passkey wurde von deinem Konto entfernt und meldet nicht mehr an.',
  },
  'passkey-counted-back': {
    subject: 'Ein Passkey bei {service} könnte kopiert worden sein',
    intro:
      'Ein Passkey deines Kontos wurde gerade benutzt, und sein Gerät hat nicht mehr Unterschriften gezählt als beim letzten Mal. Warst du das, wurde das Gerät wohl zurückgesetzt oder repariert. Warst du es nicht, hat vielleicht jemand eine Kopie davon: Melde dich an und entferne ihn sofort:',
  },
  'password-removed': {
    subject: 'Das Passwort deines Kontos bei {service} wurde entfernt',
    intro:
      'Dein Konto hat kein Passwort mehr: Es wird mit seinen Passkeys angemeldet. Warst du das, musst du nichts tun. Warst du es nicht, wähle sofort ein neues Passwort:',
    removePasskeys: 'Melde dich dann an und entferne die Passkeys, die nicht deine sind.',
  },
  'factors-reset': {
    subject: 'Dein zweiter Faktor bei {service} wurde zurückgesetzt',
    intro:
      'Der Betreiber von {service} hat Authenticator-Apps, Passkeys und Wiederherstellungscodes deines Kontos entfernt. Hast du darum gebeten, melde dich mit deinem Passwort an, oder wähle unten eines, wo du keines hast, und richte neue ein.',
    otherwise: 'Hast du nicht darum gebeten, wende dich an den Betreiber von {service}.',
  },
  'new-device': {
    subject: 'Eine neue Anmeldung bei {service}',
    intro: 'Dein Konto wurde gerade auf einem Gerät angemeldet, das dafür noch nie benutzt wurde:',
    otherwise:
      'Warst du das, musst du nichts tun. Warst du es nicht, beende die Sitzung und wähle sofort ein neues Passwort:',
  },
  'account-deleted': {
    subject: 'Dein Konto bei {service} wurde gelöscht',
    intro: 'Dein Konto wurde mit allen Daten gelöscht, wie du es wolltest.',
    otherwise: 'Warst du das nicht, wende dich an den Betreiber von {service}.',
  },
};
