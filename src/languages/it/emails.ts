/** Italian texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Scegli una nuova password',
    signIn: 'Accedi',
    verifyEmail: 'Conferma l’indirizzo',
    revokeSession: 'Chiudi la sessione',
  },
  notYou: 'Se eri tu, non devi fare nulla. Se non eri tu, scegli immediatamente un’altra password:',
  ignore: 'Se non eri tu, non devi fare nulla.',
  contactOperator: 'Se non riesci più ad accedere, contatta l’amministratore di {service}.',
  codeLifetime: 'Il codice è valido per {duration}. Non comunicarlo a nessuno.',
  linkLifetime: 'Il link è valido una volta sola, per {duration}.',
  passkeyName: 'Nome della passkey: {name}',
  'verification-code': {
    subject: 'Conferma il tuo indirizzo per {service}',
    intro: 'Inserisci questo codice per confermare il tuo indirizzo e-mail:',
    otherwise:
      'Se non eri tu, non devi fare nulla: senza il codice l’indirizzo resta non confermato.',
  },
  'registration-code': {
    subject: 'Conferma il tuo indirizzo per {service}',
    intro:
      'Qualcuno, forse tu, ha chiesto di creare un account con questo indirizzo. Inserisci questo codice per confermare la richiesta:',
    oneRegistration:
      'Il codice è valido solo con la password di questa registrazione: ogni registrazione ha un codice proprio.',
    otherwise:
      'Se non eri tu, non devi fare nulla: senza il codice non verrà creato nessun account.',
  },
  'registration-attempt': {
    subject: 'Hai già un account su {service}',
    intro:
      'Qualcuno, forse tu, ha chiesto di creare un account con questo indirizzo. Ne esiste già uno e nulla è stato modificato. Se ne hai dimenticato la password:',
  },
  'password-reset': {
    subject: 'Reimposta la tua password per {service}',
    intro: 'Segui questo link per scegliere una nuova password:',
    otherwise: 'Se non eri tu, non devi fare nulla: la tua password resta com’è.',
  },
  'password-changed': {
    subject: 'La tua password per {service} è stata cambiata',
    intro:
      'La password del tuo account è stata cambiata. Se eri tu, non devi fare nulla. Se non eri tu, riprendi immediatamente il controllo dell’account:',
    passkeysStay:
      'Le passkey del tuo account continuano a permettere l’accesso. Accedi e rimuovi quelle che non sono tue.',
    neverSent: 'Le password non vengono mai inviate per e-mail.',
  },
  'email-change-code': {
    subject: 'Conferma il tuo nuovo indirizzo per {service}',
    intro: 'Inserisci questo codice per rendere questo l’indirizzo e-mail del tuo account:',
    otherwise: 'Se non eri tu, non devi fare nulla: senza il codice non cambia nulla.',
  },
  'email-change-notice': {
    subject: 'È stato richiesto un nuovo indirizzo su {service}',
    intro:
      'Qualcuno, forse tu, ha chiesto di sostituire questo indirizzo e-mail del tuo account. Accadrà non appena il nuovo indirizzo sarà confermato. Se non eri tu, scegli immediatamente un’altra password:',
    otherwise: 'Se eri tu, qui non devi fare nulla.',
  },
  'email-changed': {
    subject: 'Il tuo indirizzo per {service} è stato cambiato',
    intro:
      'Il tuo account ora ha un altro indirizzo e-mail, e questa è l’ultima e-mail inviata a quello precedente. Se eri tu, non devi fare nulla. Se non eri tu, accedi finché la tua password è ancora valida e cambia la password e l’indirizzo:',
  },
  'factor-added': {
    subject: 'Un’app di autenticazione è stata aggiunta su {service}',
    intro:
      'L’accesso al tuo account ora richiede un codice di un’app di autenticazione oltre alla password.',
    keepCodes: 'Conserva i codici di recupero dove puoi trovarli senza il telefono.',
  },
  'factor-removed': {
    subject: 'Un’app di autenticazione è stata rimossa su {service}',
    intro: 'Un’app di autenticazione è stata rimossa dal tuo account.',
  },
  'recovery-codes-replaced': {
    subject: 'Nuovi codici di recupero su {service}',
    intro:
      'Sono stati creati nuovi codici di recupero per il tuo account, e quelli vecchi non sono più validi.',
    neverSent: 'I codici di recupero non vengono mai inviati per e-mail.',
  },
  'recovery-code-used': {
    subject: 'Un codice di recupero è stato usato su {service}',
    intro:
      'Un codice di recupero del tuo account è stato usato al posto dell’app di autenticazione.',
    left: 'Codici di recupero rimasti: {left}. Puoi crearne di nuovi nella pagina dell’account.',
  },
  'passkey-added': {
    subject: 'Una passkey è stata aggiunta su {service}',
    intro:
      'Una passkey è stata aggiunta al tuo account e permette di accedere senza la password. Se eri tu, non devi fare nulla. Se non eri tu, accedi e rimuovila immediatamente:',
    passwordToo:
      'Poi scegli un’altra password. Una nuova password da sola non rimuove una passkey.',
  },
  'passkey-removed': {
    subject: 'Una passkey è stata rimossa su {service}',
    intro: 'Una passkey è stata rimossa dal tuo account e non permette più di accedere.',
  },
  'passkey-counted-back': {
    subject: 'Una passkey per {service} potrebbe essere stata copiata',
    intro:
      'Una passkey del tuo account è stata appena usata, e il suo dispositivo non ha contato più firme dell’ultima volta. Se eri tu, probabilmente il dispositivo è stato ripristinato o riparato. Se non eri tu, qualcuno potrebbe averne una copia: accedi e rimuovila immediatamente:',
  },
  'password-removed': {
    subject: 'La password del tuo account su {service} è stata rimossa',
    intro:
      'Il tuo account non ha più una password: vi si accede con le sue passkey. Se eri tu, non devi fare nulla. Se non eri tu, scegli immediatamente una nuova password:',
    removePasskeys: 'Poi accedi e rimuovi le passkey che non sono tue.',
  },
  'factors-reset': {
    subject: 'Il tuo secondo fattore su {service} è stato reimpostato',
    intro:
      'L’amministratore di {service} ha rimosso le app di autenticazione, le passkey e i codici di recupero del tuo account. Se lo hai chiesto tu, accedi con la tua password, oppure scegline una qui sotto se non ne hai, e configurane di nuovi.',
    otherwise:
      'Se non lo hai chiesto tu, scegli immediatamente un’altra password e contatta l’amministratore di {service}.',
  },
  'new-device': {
    subject: 'Nuovo accesso su {service}',
    intro:
      'È stato appena effettuato l’accesso al tuo account su un dispositivo mai usato prima per farlo:',
    otherwise:
      'Se eri tu, non devi fare nulla. Se non eri tu, chiudi quella sessione e scegli immediatamente una nuova password:',
  },
  'account-deleted': {
    subject: 'Il tuo account su {service} è stato eliminato',
    intro: 'Il tuo account è stato eliminato con tutti i suoi dati.',
    otherwise: 'Se non lo hai chiesto tu, contatta l’amministratore di {service}.',
  },
};
