/** Swedish texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Välj ett nytt lösenord',
    signIn: 'Logga in',
    verifyEmail: 'Bekräfta adressen',
    revokeSession: 'Avsluta sessionen',
  },
  notYou:
    'Om det var du behöver du inte göra något. Om det inte var du, välj genast ett annat lösenord:',
  ignore: 'Om det inte var du behöver du inte göra något.',
  contactOperator: 'Om du inte längre kan logga in, kontakta administratören för {service}.',
  codeLifetime: 'Koden gäller i {duration}. Dela den inte med någon.',
  linkLifetime: 'Länken gäller en gång, i {duration}.',
  passkeyName: 'Passkeyns namn: {name}',
  'verification-code': {
    subject: 'Bekräfta din adress för {service}',
    intro: 'Ange den här koden för att bekräfta din e-postadress:',
    otherwise:
      'Om det inte var du behöver du inte göra något: utan koden förblir adressen obekräftad.',
  },
  'registration-code': {
    subject: 'Bekräfta din adress för {service}',
    intro:
      'Någon, kanske du, bad om ett konto med den här adressen. Ange den här koden för att bekräfta det:',
    oneRegistration:
      'Koden gäller bara med lösenordet för den här registreringen: varje registrering har en egen kod.',
    otherwise: 'Om det inte var du behöver du inte göra något: utan koden blir det inget konto.',
  },
  'registration-attempt': {
    subject: 'Du har redan ett konto hos {service}',
    intro:
      'Någon, kanske du, bad om ett konto med den här adressen. Det finns redan ett, och inget i det har ändrats. Om du har glömt lösenordet:',
  },
  'password-reset': {
    subject: 'Återställ ditt lösenord för {service}',
    intro: 'Följ den här länken för att välja ett nytt lösenord:',
    otherwise: 'Om det inte var du behöver du inte göra något: ditt lösenord förblir som det är.',
  },
  'password-changed': {
    subject: 'Ditt lösenord för {service} har ändrats',
    intro:
      'Lösenordet för ditt konto har ändrats. Om det var du behöver du inte göra något. Om det inte var du, ta genast tillbaka kontot:',
    passkeysStay:
      'Det går fortfarande att logga in med kontots passkeys. Logga in och ta bort dem som inte är dina.',
    neverSent: 'Lösenord skickas aldrig med e-post.',
  },
  'email-change-code': {
    subject: 'Bekräfta din nya adress för {service}',
    intro: 'Ange den här koden för att göra detta till ditt kontos e-postadress:',
    otherwise: 'Om det inte var du behöver du inte göra något: utan koden ändras inget.',
  },
  'email-change-notice': {
    subject: 'En ny adress har begärts hos {service}',
    intro:
      'Någon, kanske du, bad om att den här e-postadressen för ditt konto ska ersättas. Det sker så snart den nya adressen är bekräftad. Om det inte var du, välj genast ett annat lösenord:',
    otherwise: 'Om det var du behöver du inte göra något här.',
  },
  'email-changed': {
    subject: 'Din adress för {service} har ändrats',
    intro:
      'Ditt konto har nu en annan e-postadress, och detta är det sista mejlet till den gamla. Om det var du behöver du inte göra något. Om det inte var du, logga in medan ditt lösenord fortfarande gäller och ändra både lösenordet och adressen:',
  },
  'factor-added': {
    subject: 'En autentiseringsapp har lagts till hos {service}',
    intro: 'Inloggning på ditt konto kräver nu en kod från en autentiseringsapp utöver lösenordet.',
    keepCodes: 'Förvara återställningskoderna där du hittar dem utan din telefon.',
  },
  'factor-removed': {
    subject: 'En autentiseringsapp har tagits bort hos {service}',
    intro: 'En autentiseringsapp har tagits bort från ditt konto.',
  },
  'recovery-codes-replaced': {
    subject: 'Nya återställningskoder hos {service}',
    intro: 'Nya återställningskoder har skapats för ditt konto, och de gamla gäller inte längre.',
    neverSent: 'Återställningskoder skickas aldrig med e-post.',
  },
  'recovery-code-used': {
    subject: 'En återställningskod har använts hos {service}',
    intro: 'En återställningskod för ditt konto har använts i stället för autentiseringsappen.',
    left: 'Återstående återställningskoder: {left}. Nya kan skapas på kontosidan.',
  },
  'passkey-added': {
    subject: 'En passkey har lagts till hos {service}',
    intro:
      'En passkey har lagts till på ditt konto, och med den går det att logga in utan lösenordet. Om det var du behöver du inte göra något. Om det inte var du, logga in och ta genast bort den:',
    passwordToo:
      'Välj sedan ett annat lösenord. Enbart ett nytt lösenord tar inte bort någon passkey.',
  },
  'passkey-removed': {
    subject: 'En passkey har tagits bort hos {service}',
    intro: 'En passkey har tagits bort från ditt konto. Det går inte längre att logga in med den.',
  },
  'passkey-counted-back': {
    subject: 'En passkey hos {service} kan ha kopierats',
    intro:
      'En passkey för ditt konto användes nyss, och dess enhet har inte räknat fler signaturer än förra gången. Om det var du har enheten troligen återställts eller reparerats. Om det inte var du kan någon ha en kopia av den: logga in och ta genast bort den:',
  },
  'password-removed': {
    subject: 'Lösenordet för ditt konto hos {service} har tagits bort',
    intro:
      'Ditt konto har inte längre något lösenord: inloggning sker med dess passkeys. Om det var du behöver du inte göra något. Om det inte var du, välj genast ett nytt lösenord:',
    removePasskeys: 'Logga sedan in och ta bort de passkeys som inte är dina.',
  },
  'factors-reset': {
    subject: 'Din andra faktor hos {service} har återställts',
    intro:
      'Administratören för {service} har tagit bort autentiseringsappar, passkeys och återställningskoder från ditt konto. Om du bad om detta, logga in med ditt lösenord, eller välj ett nedan om du inte har något, och ställ in nya.',
    otherwise:
      'Om du inte bad om detta, välj genast ett annat lösenord och kontakta administratören för {service}.',
  },
  'new-device': {
    subject: 'En ny inloggning hos {service}',
    intro: 'Någon loggade nyss in på ditt konto på en enhet som inte har använts för det förut:',
    otherwise:
      'Om det var du behöver du inte göra något. Om det inte var du, avsluta den sessionen och välj genast ett nytt lösenord:',
  },
  'account-deleted': {
    subject: 'Ditt konto hos {service} har raderats',
    intro: 'Ditt konto har raderats med alla dess data.',
    otherwise: 'Om du inte bad om detta, kontakta administratören för {service}.',
  },
};
