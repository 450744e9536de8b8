/** German texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Neues Passwort wählen',
    signIn: 'Anmelden',
    verifyEmail: 'Adresse bestätigen',
    revokeSession: 'Sitzung beenden',
  },
  notYou: 'Wenn du das warst, musst du nichts tun. Wenn nicht, wähle sofort ein anderes Passwort:',
  ignore: 'Wenn du das nicht warst, musst du nichts tun.',
  contactOperator:
    'Wenn du dich nicht mehr anmelden kannst, wende dich an den Betreiber von {service}.',
  codeLifetime: 'Der Code gilt {duration}. Gib ihn nicht weiter.',
  linkLifetime: 'Der Link gilt nur einmal und nur {duration}.',
  passkeyName: 'Name des Passkeys: {name}',
  'verification-code': {
    subject: 'Bestätige deine Adresse für {service}',
    intro: 'Gib diesen Code ein, um deine E-Mail-Adresse zu bestätigen:',
    otherwise:
      'Wenn du das nicht warst, musst du nichts tun: Ohne den Code bleibt die Adresse unbestätigt.',
  },
  'registration-code': {
    subject: 'Bestätige deine Adresse für {service}',
    intro:
      'Jemand, vielleicht du, wollte mit dieser Adresse ein Konto anlegen. Gib diesen Code ein, um das zu bestätigen:',
    oneRegistration:
      'Der Code gilt nur mit dem Passwort dieser Registrierung: Jede Registrierung hat einen eigenen Code.',
    otherwise: 'Wenn du das nicht warst, musst du nichts tun: Ohne den Code entsteht kein Konto.',
  },
  'registration-attempt': {
    subject: 'Du hast schon ein Konto bei {service}',
    intro:
      'Jemand, vielleicht du, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines, und nichts daran wurde geändert. Falls du das Passwort vergessen hast:',
  },
  'password-reset': {
    subject: 'Setze dein Passwort für {service} zurück',
    intro: 'Folge diesem Link, um ein neues Passwort zu wählen:',
    otherwise: 'Wenn du das nicht warst, musst du nichts tun: Dein Passwort bleibt, wie es ist.',
  },
  'password-changed': {
    subject: 'Dein Passwort für {service} wurde geändert',
    intro:
      'Das Passwort deines Kontos wurde geändert. Wenn du das warst, musst du nichts tun. Wenn nicht, hol dir das Konto sofort zurück:',
    passkeysStay:
      'Mit den Passkeys deines Kontos ist die Anmeldung weiterhin möglich. Melde dich an und entferne alle, die nicht deine sind.',
    neverSent: 'Passwörter werden nie per E-Mail verschickt.',
  },
  'email-change-code': {
    subject: 'Bestätige deine neue Adresse für {service}',
    intro: 'Gib diesen Code ein, damit diese Adresse die E-Mail-Adresse deines Kontos wird:',
    otherwise: 'Wenn du das nicht warst, musst du nichts tun: Ohne den Code ändert sich nichts.',
  },
  'email-change-notice': {
    subject: 'Bei {service} wurde eine neue Adresse angefordert',
    intro:
      'Jemand, vielleicht du, wollte diese E-Mail-Adresse deines Kontos ersetzen. Das geschieht, sobald die neue Adresse bestätigt ist. Wenn du das nicht warst, wähle sofort ein anderes Passwort:',
    otherwise: 'Wenn du das warst, musst du hier nichts tun.',
  },
  'email-changed': {
    subject: 'Deine Adresse für {service} wurde geändert',
    intro:
      'Dein Konto hat jetzt eine andere E-Mail-Adresse, und dies ist die letzte E-Mail an die bisherige. Wenn du das warst, musst du nichts tun. Wenn nicht, melde dich an, solange dein Passwort noch gilt, und ändere Passwort und Adresse:',
  },
  'factor-added': {
    subject: 'Eine Authenticator-App wurde bei {service} hinzugefügt',
    intro:
      'Die Anmeldung bei deinem Konto verlangt jetzt außer dem Passwort einen Code aus einer Authenticator-App.',
    keepCodes: 'Bewahre die Wiederherstellungscodes dort auf, wo du sie ohne dein Telefon findest.',
  },
  'factor-removed': {
    subject: 'Eine Authenticator-App wurde bei {service} entfernt',
    intro: 'Eine Authenticator-App wurde aus deinem Konto entfernt.',
  },
  'recovery-codes-replaced': {
    subject: 'Neue Wiederherstellungscodes bei {service}',
    intro:
      'Für dein Konto wurden neue Wiederherstellungscodes erstellt, und die alten gelten nicht mehr.',
    neverSent: 'Wiederherstellungscodes werden nie per E-Mail verschickt.',
  },
  'recovery-code-used': {
    subject: 'Ein Wiederherstellungscode wurde bei {service} benutzt',
    intro: 'Statt der Authenticator-App wurde ein Wiederherstellungscode deines Kontos benutzt.',
    left: 'Übrige Wiederherstellungscodes: {left}. Neue kannst du auf der Kontoseite erstellen.',
  },
  'passkey-added': {
    subject: 'Ein Passkey wurde bei {service} hinzugefügt',
    intro:
      'Deinem Konto wurde ein Passkey hinzugefügt, mit dem die Anmeldung ohne Passwort möglich ist. Wenn du das warst, musst du nichts tun. Wenn nicht, melde dich an und entferne ihn sofort:',
    passwordToo:
      'Wähle dann ein anderes Passwort. Ein neues Passwort allein entfernt keinen Passkey.',
  },
  'passkey-removed': {
    subject: 'Ein Passkey wurde bei {service} entfernt',
    intro: 'Ein Passkey wurde aus deinem Konto entfernt. Mit ihm ist keine Anmeldung mehr möglich.',
  },
  'passkey-counted-back': {
    subject: 'Ein Passkey bei {service} könnte kopiert worden sein',
    intro:
      'Ein Passkey deines Kontos wurde gerade benutzt, und sein Gerät hat nicht mehr Signaturen gezählt als beim letzten Mal. Wenn du das warst, wurde das Gerät wohl zurückgesetzt oder repariert. Wenn nicht, hat vielleicht jemand eine Kopie davon: Melde dich an und entferne ihn sofort:',
  },
  'password-removed': {
    subject: 'Das Passwort deines Kontos bei {service} wurde entfernt',
    intro:
      'Dein Konto hat kein Passwort mehr: Die Anmeldung geschieht mit seinen Passkeys. Wenn du das warst, musst du nichts tun. Wenn nicht, wähle sofort ein neues Passwort:',
    removePasskeys: 'Melde dich dann an und entferne die Passkeys, die nicht deine sind.',
  },
  'factors-reset': {
    subject: 'Dein zweiter Faktor bei {service} wurde zurückgesetzt',
    intro:
      'Der Betreiber von {service} hat Authenticator-Apps, Passkeys und Wiederherstellungscodes deines Kontos entfernt. Wenn du darum gebeten hast, melde dich mit deinem Passwort an oder wähle unten eines, falls du keines hast, und richte neue ein.',
    otherwise:
      'Wenn du nicht darum gebeten hast, wähle sofort ein anderes Passwort und wende dich an den Betreiber von {service}.',
  },
  'new-device': {
    subject: 'Eine neue Anmeldung bei {service}',
    intro:
      'Bei deinem Konto gab es gerade eine Anmeldung auf einem Gerät, das dafür noch nie benutzt wurde:',
    otherwise:
      'Wenn du das warst, musst du nichts tun. Wenn nicht, beende diese Sitzung und wähle sofort ein neues Passwort:',
  },
  'account-deleted': {
    subject: 'Dein Konto bei {service} wurde gelöscht',
    intro: 'Dein Konto wurde mit allen Daten gelöscht.',
    otherwise: 'Wenn du nicht darum gebeten hast, wende dich an den Betreiber von {service}.',
  },
};
