/** Danish texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Vælg en ny adgangskode',
    signIn: 'Log ind',
    verifyEmail: 'Bekræft adressen',
    revokeSession: 'Afslut sessionen',
  },
  notYou:
    'Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så vælg straks en anden adgangskode:',
  ignore: 'Hvis det ikke var dig, behøver du ikke gøre noget.',
  contactOperator: 'Hvis du ikke længere kan logge ind, så kontakt administratoren for {service}.',
  codeLifetime: 'Koden gælder i {duration}. Del den ikke med nogen.',
  linkLifetime: 'Linket gælder én gang, i {duration}.',
  passkeyName: 'Adgangsnøglens navn: {name}',
  'verification-code': {
    subject: 'Bekræft din adresse til {service}',
    intro: 'Indtast denne kode for at bekræfte din e-mailadresse:',
    otherwise:
      'Hvis det ikke var dig, behøver du ikke gøre noget: uden koden forbliver adressen ubekræftet.',
  },
  'registration-code': {
    subject: 'Bekræft din adresse til {service}',
    intro:
      'Nogen, måske dig, bad om at få oprettet en konto med denne adresse. Indtast denne kode for at bekræfte det:',
    oneRegistration:
      'Koden gælder kun med adgangskoden fra denne registrering: hver registrering har sin egen kode.',
    otherwise:
      'Hvis det ikke var dig, behøver du ikke gøre noget: uden koden bliver der ingen konto.',
  },
  'registration-attempt': {
    subject: 'Du har allerede en konto hos {service}',
    intro:
      'Nogen, måske dig, bad om at få oprettet en konto med denne adresse. Der findes allerede en, og intet i den er ændret. Hvis du har glemt adgangskoden:',
  },
  'password-reset': {
    subject: 'Nulstil din adgangskode til {service}',
    intro: 'Følg dette link for at vælge en ny adgangskode:',
    otherwise:
      'Hvis det ikke var dig, behøver du ikke gøre noget: din adgangskode forbliver, som den er.',
  },
  'password-changed': {
    subject: 'Din adgangskode til {service} er skiftet',
    intro:
      'Adgangskoden til din konto er skiftet. Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så få straks kontoen tilbage:',
    passkeysStay:
      'Din kontos adgangsnøgler kan stadig bruges til at logge ind. Log ind, og fjern dem, der ikke er dine.',
    neverSent: 'Adgangskoder sendes aldrig via e-mail.',
  },
  'email-change-code': {
    subject: 'Bekræft din nye adresse til {service}',
    intro: 'Indtast denne kode for at gøre dette til din kontos e-mailadresse:',
    otherwise: 'Hvis det ikke var dig, behøver du ikke gøre noget: uden koden ændres intet.',
  },
  'email-change-notice': {
    subject: 'Anmodning om en ny adresse hos {service}',
    intro:
      'Nogen, måske dig, bad om at få erstattet denne e-mailadresse på din konto. Det sker, så snart den nye adresse er bekræftet. Hvis det ikke var dig, så vælg straks en anden adgangskode:',
    otherwise: 'Hvis det var dig, behøver du ikke gøre noget her.',
  },
  'email-changed': {
    subject: 'Din adresse til {service} er skiftet',
    intro:
      'Din konto har nu en anden e-mailadresse, og dette er den sidste e-mail til den tidligere. Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så log ind, mens din adgangskode stadig gælder, og skift både adgangskoden og adressen:',
  },
  'factor-added': {
    subject: 'En godkendelsesapp er tilføjet hos {service}',
    intro: 'Login på din konto kræver nu en kode fra en godkendelsesapp ud over adgangskoden.',
    keepCodes: 'Opbevar gendannelseskoderne, hvor du kan finde dem uden din telefon.',
  },
  'factor-removed': {
    subject: 'En godkendelsesapp er fjernet hos {service}',
    intro: 'En godkendelsesapp er fjernet fra din konto.',
  },
  'recovery-codes-replaced': {
    subject: 'Nye gendannelseskoder hos {service}',
    intro: 'Der er lavet nye gendannelseskoder til din konto, og de gamle gælder ikke længere.',
    neverSent: 'Gendannelseskoder sendes aldrig via e-mail.',
  },
  'recovery-code-used': {
    subject: 'En gendannelseskode er brugt hos {service}',
    intro: 'En gendannelseskode til din konto er brugt i stedet for godkendelsesappen.',
    left: 'Resterende gendannelseskoder: {left}. Du kan lave nye på kontosiden.',
  },
  'passkey-added': {
    subject: 'En adgangsnøgle er tilføjet hos {service}',
    intro:
      'En adgangsnøgle er tilføjet til din konto og kan bruges til at logge ind uden adgangskoden. Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så log ind, og fjern den straks:',
    passwordToo:
      'Vælg derefter en anden adgangskode. En ny adgangskode alene fjerner ikke en adgangsnøgle.',
  },
  'passkey-removed': {
    subject: 'En adgangsnøgle er fjernet hos {service}',
    intro: 'En adgangsnøgle er fjernet fra din konto og kan ikke længere bruges til at logge ind.',
  },
  'passkey-counted-back': {
    subject: 'En adgangsnøgle hos {service} kan være kopieret',
    intro:
      'En adgangsnøgle til din konto er lige blevet brugt, og dens enhed har ikke talt flere signaturer end sidste gang. Hvis det var dig, er enheden sandsynligvis blevet nulstillet eller repareret. Hvis det ikke var dig, har nogen måske en kopi af den: log ind, og fjern den straks:',
  },
  'password-removed': {
    subject: 'Adgangskoden til din konto hos {service} er fjernet',
    intro:
      'Din konto har ikke længere en adgangskode: man logger ind med dens adgangsnøgler. Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så vælg straks en ny adgangskode:',
    removePasskeys: 'Log derefter ind, og fjern de adgangsnøgler, der ikke er dine.',
  },
  'factors-reset': {
    subject: 'Din anden faktor hos {service} er nulstillet',
    intro:
      'Administratoren for {service} har fjernet godkendelsesapps, adgangsnøgler og gendannelseskoder fra din konto. Hvis du bad om det, så log ind med din adgangskode, eller vælg en nedenfor, hvis du ikke har nogen, og konfigurer nye.',
    otherwise:
      'Hvis du ikke bad om det, så vælg straks en anden adgangskode, og kontakt administratoren for {service}.',
  },
  'new-device': {
    subject: 'Et nyt login hos {service}',
    intro:
      'Der er lige blevet logget ind på din konto på en enhed, der ikke har været brugt til det før:',
    otherwise:
      'Hvis det var dig, behøver du ikke gøre noget. Hvis det ikke var dig, så afslut den session, og vælg straks en ny adgangskode:',
  },
  'account-deleted': {
    subject: 'Din konto hos {service} er slettet',
    intro: 'Din konto er slettet med alle dens data.',
    otherwise: 'Hvis du ikke bad om det, så kontakt administratoren for {service}.',
  },
};
