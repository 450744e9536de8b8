/** Czech texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Zvolit nové heslo',
    signIn: 'Přihlásit se',
    verifyEmail: 'Potvrdit adresu',
    revokeSession: 'Ukončit relaci',
  },
  notYou: 'Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, ihned zvolte jiné heslo:',
  ignore: 'Pokud jste to nebyli vy, nemusíte nic dělat.',
  contactOperator: 'Pokud se už nemůžete přihlásit, obraťte se na provozovatele služby {service}.',
  codeLifetime: 'Doba platnosti kódu: {duration}. Nikomu ho nesdělujte.',
  linkLifetime: 'Odkaz lze použít jen jednou. Doba platnosti: {duration}.',
  passkeyName: 'Název přístupového klíče: {name}',
  'verification-code': {
    subject: 'Potvrďte svou adresu pro službu {service}',
    intro: 'Zadejte tento kód a potvrďte tím svou e-mailovou adresu:',
    otherwise: 'Pokud jste to nebyli vy, nemusíte nic dělat: bez kódu zůstane adresa nepotvrzená.',
  },
  'registration-code': {
    subject: 'Potvrďte svou adresu pro službu {service}',
    intro:
      'Někdo, možná vy, požádal o vytvoření účtu s touto adresou. Potvrďte to zadáním tohoto kódu:',
    oneRegistration:
      'Kód platí jen s heslem této registrace: každá registrace má svůj vlastní kód.',
    otherwise: 'Pokud jste to nebyli vy, nemusíte nic dělat: bez kódu žádný účet nevznikne.',
  },
  'registration-attempt': {
    subject: 'Ve službě {service} už máte účet',
    intro:
      'Někdo, možná vy, požádal o vytvoření účtu s touto adresou. Účet už existuje a nic se v něm nezměnilo. Pokud si nepamatujete jeho heslo:',
  },
  'password-reset': {
    subject: 'Obnovte své heslo pro službu {service}',
    intro: 'Otevřete tento odkaz a zvolte nové heslo:',
    otherwise: 'Pokud jste to nebyli vy, nemusíte nic dělat: vaše heslo zůstane beze změny.',
  },
  'password-changed': {
    subject: 'Vaše heslo pro službu {service} bylo změněno',
    intro:
      'Heslo vašeho účtu bylo změněno. Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, ihned získejte účet zpět:',
    passkeysStay:
      'Přístupovými klíči vašeho účtu se lze dál přihlásit. Přihlaste se a odeberte ty, které nejsou vaše.',
    neverSent: 'Hesla se nikdy neposílají e-mailem.',
  },
  'email-change-code': {
    subject: 'Potvrďte svou novou adresu pro službu {service}',
    intro: 'Zadejte tento kód, aby se tato adresa stala e-mailovou adresou vašeho účtu:',
    otherwise: 'Pokud jste to nebyli vy, nemusíte nic dělat: bez kódu se nic nezmění.',
  },
  'email-change-notice': {
    subject: 'Žádost o novou adresu ve službě {service}',
    intro:
      'Někdo, možná vy, požádal o nahrazení této e-mailové adresy vašeho účtu. Stane se to, jakmile bude nová adresa potvrzena. Pokud jste to nebyli vy, ihned zvolte jiné heslo:',
    otherwise: 'Pokud jste to byli vy, nemusíte zde nic dělat.',
  },
  'email-changed': {
    subject: 'Vaše adresa pro službu {service} byla změněna',
    intro:
      'Váš účet má nyní jinou e-mailovou adresu a toto je poslední e-mail na tu dosavadní. Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, přihlaste se, dokud vaše heslo platí, a změňte heslo i adresu:',
  },
  'factor-added': {
    subject: 'Ve službě {service} byla přidána ověřovací aplikace',
    intro: 'Přihlášení k vašemu účtu nyní kromě hesla vyžaduje kód z ověřovací aplikace.',
    keepCodes: 'Kódy pro obnovení uložte tam, kde je najdete i bez telefonu.',
  },
  'factor-removed': {
    subject: 'Ve službě {service} byla odebrána ověřovací aplikace',
    intro: 'Z vašeho účtu byla odebrána ověřovací aplikace.',
  },
  'recovery-codes-replaced': {
    subject: 'Nové kódy pro obnovení ve službě {service}',
    intro: 'Pro váš účet byly vytvořeny nové kódy pro obnovení a staré už neplatí.',
    neverSent: 'Kódy pro obnovení se nikdy neposílají e-mailem.',
  },
  'recovery-code-used': {
    subject: 'Ve službě {service} byl použit kód pro obnovení',
    intro: 'Místo ověřovací aplikace byl použit kód pro obnovení vašeho účtu.',
    left: 'Zbývající kódy pro obnovení: {left}. Nové můžete vytvořit na stránce účtu.',
  },
  'passkey-added': {
    subject: 'Ve službě {service} byl přidán přístupový klíč',
    intro:
      'K vašemu účtu byl přidán přístupový klíč, kterým se lze přihlásit bez hesla. Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, přihlaste se a ihned ho odeberte:',
    passwordToo: 'Potom zvolte jiné heslo. Samotné nové heslo přístupový klíč neodebere.',
  },
  'passkey-removed': {
    subject: 'Ve službě {service} byl odebrán přístupový klíč',
    intro: 'Z vašeho účtu byl odebrán přístupový klíč a už se jím nelze přihlásit.',
  },
  'passkey-counted-back': {
    subject: 'Přístupový klíč ve službě {service} mohl být zkopírován',
    intro:
      'Právě byl použit přístupový klíč vašeho účtu a jeho zařízení nenapočítalo více podpisů než minule. Pokud jste to byli vy, zařízení bylo pravděpodobně resetováno nebo opraveno. Pokud ne, někdo může mít jeho kopii: přihlaste se a ihned ho odeberte:',
  },
  'password-removed': {
    subject: 'Heslo vašeho účtu ve službě {service} bylo odebráno',
    intro:
      'Váš účet už nemá heslo: k přihlášení slouží jeho přístupové klíče. Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, ihned zvolte nové heslo:',
    removePasskeys: 'Potom se přihlaste a odeberte přístupové klíče, které nejsou vaše.',
  },
  'factors-reset': {
    subject: 'Váš druhý faktor ve službě {service} byl resetován',
    intro:
      'Provozovatel služby {service} odebral ověřovací aplikace, přístupové klíče a kódy pro obnovení vašeho účtu. Pokud jste o to požádali, přihlaste se svým heslem, nebo si ho zvolte níže, pokud žádné nemáte, a nastavte nové.',
    otherwise:
      'Pokud jste o to nepožádali, ihned zvolte jiné heslo a obraťte se na provozovatele služby {service}.',
  },
  'new-device': {
    subject: 'Nové přihlášení ke službě {service}',
    intro:
      'K vašemu účtu právě proběhlo přihlášení na zařízení, které k tomu dosud nebylo použito:',
    otherwise:
      'Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, ukončete tuto relaci a ihned zvolte nové heslo:',
  },
  'account-deleted': {
    subject: 'Váš účet ve službě {service} byl smazán',
    intro: 'Váš účet byl smazán se všemi údaji.',
    otherwise: 'Pokud jste o to nepožádali, obraťte se na provozovatele služby {service}.',
  },
};
