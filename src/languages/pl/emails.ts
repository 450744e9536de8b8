/** Polish texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Wybierz nowe hasło',
    signIn: 'Zaloguj się',
    verifyEmail: 'Potwierdź adres',
    revokeSession: 'Zakończ sesję',
  },
  notYou: 'Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, natychmiast wybierz inne hasło:',
  ignore: 'Jeśli to nie ty, nie musisz nic robić.',
  contactOperator:
    'Jeśli nie możesz się już zalogować, skontaktuj się z administratorem serwisu {service}.',
  codeLifetime: 'Czas ważności kodu: {duration}. Nie udostępniaj go nikomu.',
  linkLifetime: 'Link działa tylko raz. Czas ważności: {duration}.',
  passkeyName: 'Nazwa klucza dostępu: {name}',
  'verification-code': {
    subject: 'Potwierdź swój adres w serwisie {service}',
    intro: 'Wpisz ten kod, aby potwierdzić swój adres e-mail:',
    otherwise: 'Jeśli to nie ty, nie musisz nic robić: bez kodu adres pozostanie niepotwierdzony.',
  },
  'registration-code': {
    subject: 'Potwierdź swój adres w serwisie {service}',
    intro:
      'Ktoś, być może ty, poprosił o utworzenie konta z tym adresem. Wpisz ten kod, aby to potwierdzić:',
    oneRegistration:
      'Kod działa tylko z hasłem z tej rejestracji: każda rejestracja ma własny kod.',
    otherwise: 'Jeśli to nie ty, nie musisz nic robić: bez kodu konto nie powstanie.',
  },
  'registration-attempt': {
    subject: 'Masz już konto w serwisie {service}',
    intro:
      'Ktoś, być może ty, poprosił o utworzenie konta z tym adresem. Takie konto już istnieje i nic w nim nie zmieniono. Jeśli nie pamiętasz hasła do niego:',
  },
  'password-reset': {
    subject: 'Zresetuj swoje hasło w serwisie {service}',
    intro: 'Otwórz ten link, aby wybrać nowe hasło:',
    otherwise: 'Jeśli to nie ty, nie musisz nic robić: hasło pozostanie bez zmian.',
  },
  'password-changed': {
    subject: 'Twoje hasło w serwisie {service} zostało zmienione',
    intro:
      'Hasło do twojego konta zostało zmienione. Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, natychmiast odzyskaj konto:',
    passkeysStay:
      'Klucze dostępu do twojego konta nadal pozwalają się zalogować. Zaloguj się i usuń te, które nie są twoje.',
    neverSent: 'Hasła nigdy nie są wysyłane e-mailem.',
  },
  'email-change-code': {
    subject: 'Potwierdź swój nowy adres w serwisie {service}',
    intro: 'Wpisz ten kod, aby ten adres stał się adresem e-mail twojego konta:',
    otherwise: 'Jeśli to nie ty, nie musisz nic robić: bez kodu nic się nie zmieni.',
  },
  'email-change-notice': {
    subject: 'Prośba o nowy adres w serwisie {service}',
    intro:
      'Ktoś, być może ty, poprosił o zastąpienie tego adresu e-mail twojego konta. Stanie się to, gdy tylko nowy adres zostanie potwierdzony. Jeśli to nie ty, natychmiast wybierz inne hasło:',
    otherwise: 'Jeśli to ty, nie musisz tu nic robić.',
  },
  'email-changed': {
    subject: 'Twój adres w serwisie {service} został zmieniony',
    intro:
      'Twoje konto ma teraz inny adres e-mail, a to jest ostatni e-mail na dotychczasowy. Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, zaloguj się, dopóki hasło działa, i zmień hasło oraz adres:',
  },
  'factor-added': {
    subject: 'Dodano aplikację uwierzytelniającą w serwisie {service}',
    intro:
      'Logowanie do twojego konta wymaga teraz oprócz hasła kodu z aplikacji uwierzytelniającej.',
    keepCodes: 'Przechowuj kody odzyskiwania tam, gdzie znajdziesz je bez telefonu.',
  },
  'factor-removed': {
    subject: 'Usunięto aplikację uwierzytelniającą w serwisie {service}',
    intro: 'Z twojego konta usunięto aplikację uwierzytelniającą.',
  },
  'recovery-codes-replaced': {
    subject: 'Nowe kody odzyskiwania w serwisie {service}',
    intro: 'Utworzono nowe kody odzyskiwania do twojego konta, a stare już nie działają.',
    neverSent: 'Kody odzyskiwania nigdy nie są wysyłane e-mailem.',
  },
  'recovery-code-used': {
    subject: 'Użyto kodu odzyskiwania w serwisie {service}',
    intro: 'Zamiast aplikacji uwierzytelniającej użyto kodu odzyskiwania do twojego konta.',
    left: 'Pozostałe kody odzyskiwania: {left}. Nowe możesz utworzyć na stronie konta.',
  },
  'passkey-added': {
    subject: 'Dodano klucz dostępu w serwisie {service}',
    intro:
      'Do twojego konta dodano klucz dostępu, który pozwala zalogować się bez hasła. Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, zaloguj się i natychmiast go usuń:',
    passwordToo: 'Następnie wybierz inne hasło. Samo nowe hasło nie usuwa klucza dostępu.',
  },
  'passkey-removed': {
    subject: 'Usunięto klucz dostępu w serwisie {service}',
    intro: 'Z twojego konta usunięto klucz dostępu; nie można się już nim zalogować.',
  },
  'passkey-counted-back': {
    subject: 'Klucz dostępu w serwisie {service} mógł zostać skopiowany',
    intro:
      'Właśnie użyto klucza dostępu do twojego konta, a jego urządzenie nie naliczyło więcej podpisów niż ostatnim razem. Jeśli to ty, urządzenie prawdopodobnie zresetowano lub naprawiono. Jeśli to nie ty, ktoś może mieć jego kopię: zaloguj się i natychmiast go usuń:',
  },
  'password-removed': {
    subject: 'Hasło do twojego konta w serwisie {service} zostało usunięte',
    intro:
      'Twoje konto nie ma już hasła: do logowania służą jego klucze dostępu. Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, natychmiast wybierz nowe hasło:',
    removePasskeys: 'Następnie zaloguj się i usuń klucze dostępu, które nie są twoje.',
  },
  'factors-reset': {
    subject: 'Twój drugi składnik logowania w serwisie {service} został zresetowany',
    intro:
      'Administrator serwisu {service} usunął aplikacje uwierzytelniające, klucze dostępu i kody odzyskiwania z twojego konta. Jeśli to była twoja prośba, zaloguj się hasłem lub wybierz je poniżej, jeśli go nie masz, i skonfiguruj nowe.',
    otherwise:
      'Jeśli to nie była twoja prośba, natychmiast wybierz inne hasło i skontaktuj się z administratorem serwisu {service}.',
  },
  'new-device': {
    subject: 'Nowe logowanie w serwisie {service}',
    intro:
      'Właśnie zalogowano się do twojego konta na urządzeniu, którego wcześniej do tego nie używano:',
    otherwise:
      'Jeśli to ty, nie musisz nic robić. Jeśli to nie ty, zakończ tę sesję i natychmiast wybierz nowe hasło:',
  },
  'account-deleted': {
    subject: 'Twoje konto w serwisie {service} zostało usunięte',
    intro: 'Twoje konto zostało usunięte wraz ze wszystkimi danymi.',
    otherwise:
      'Jeśli to nie była twoja prośba, skontaktuj się z administratorem serwisu {service}.',
  },
};
