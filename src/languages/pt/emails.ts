/** Portuguese texts of e-mails, as in Brazil. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Escolher uma nova senha',
    signIn: 'Entrar',
    verifyEmail: 'Confirmar o endereço',
    revokeSession: 'Encerrar a sessão',
  },
  notYou:
    'Se foi você, não precisa fazer nada. Se não foi você, escolha imediatamente outra senha:',
  ignore: 'Se não foi você, não precisa fazer nada.',
  contactOperator:
    'Se você não conseguir mais entrar, entre em contato com o administrador de {service}.',
  codeLifetime: 'O código vale por {duration}. Não o compartilhe.',
  linkLifetime: 'O link vale uma única vez, por {duration}.',
  passkeyName: 'Nome da chave de acesso: {name}',
  'verification-code': {
    subject: 'Confirme seu endereço para {service}',
    intro: 'Digite este código para confirmar seu endereço de e-mail:',
    otherwise:
      'Se não foi você, não precisa fazer nada: sem o código, o endereço continua não confirmado.',
  },
  'registration-code': {
    subject: 'Confirme seu endereço para {service}',
    intro:
      'Alguém, talvez você, pediu para criar uma conta com este endereço. Digite este código para confirmar o pedido:',
    oneRegistration:
      'O código vale somente com a senha deste cadastro: cada cadastro tem seu próprio código.',
    otherwise: 'Se não foi você, não precisa fazer nada: sem o código, nenhuma conta será criada.',
  },
  'registration-attempt': {
    subject: 'Você já tem uma conta em {service}',
    intro:
      'Alguém, talvez você, pediu para criar uma conta com este endereço. Já existe uma, e nada nela foi alterado. Se você esqueceu a senha dela:',
  },
  'password-reset': {
    subject: 'Redefina sua senha para {service}',
    intro: 'Siga este link para escolher uma nova senha:',
    otherwise: 'Se não foi você, não precisa fazer nada: sua senha continua como está.',
  },
  'password-changed': {
    subject: 'Sua senha para {service} foi alterada',
    intro:
      'A senha da sua conta foi alterada. Se foi você, não precisa fazer nada. Se não foi você, recupere a conta imediatamente:',
    passkeysStay:
      'As chaves de acesso da sua conta continuam permitindo entrar. Entre e remova as que não são suas.',
    neverSent: 'Senhas nunca são enviadas por e-mail.',
  },
  'email-change-code': {
    subject: 'Confirme seu novo endereço para {service}',
    intro: 'Digite este código para tornar este o endereço de e-mail da sua conta:',
    otherwise: 'Se não foi você, não precisa fazer nada: sem o código, nada muda.',
  },
  'email-change-notice': {
    subject: 'Um novo endereço foi pedido em {service}',
    intro:
      'Alguém, talvez você, pediu para substituir este endereço de e-mail da sua conta. Isso acontecerá assim que o novo endereço for confirmado. Se não foi você, escolha imediatamente outra senha:',
    otherwise: 'Se foi você, não precisa fazer nada aqui.',
  },
  'email-changed': {
    subject: 'Seu endereço para {service} foi alterado',
    intro:
      'Sua conta agora tem outro endereço de e-mail, e este é o último e-mail para o anterior. Se foi você, não precisa fazer nada. Se não foi você, entre enquanto sua senha ainda vale e altere a senha e o endereço:',
  },
  'factor-added': {
    subject: 'Um app autenticador foi adicionado em {service}',
    intro:
      'Para entrar na sua conta, agora é pedido um código de um app autenticador, além da senha.',
    keepCodes: 'Guarde os códigos de recuperação onde você os encontre sem o seu telefone.',
  },
  'factor-removed': {
    subject: 'Um app autenticador foi removido em {service}',
    intro: 'Um app autenticador foi removido da sua conta.',
  },
  'recovery-codes-replaced': {
    subject: 'Novos códigos de recuperação em {service}',
    intro:
      'Novos códigos de recuperação foram criados para a sua conta, e os antigos não valem mais.',
    neverSent: 'Códigos de recuperação nunca são enviados por e-mail.',
  },
  'recovery-code-used': {
    subject: 'Um código de recuperação foi usado em {service}',
    intro: 'Um código de recuperação da sua conta foi usado no lugar do app autenticador.',
    left: 'Códigos de recuperação restantes: {left}. Você pode criar novos na página da conta.',
  },
  'passkey-added': {
    subject: 'Uma chave de acesso foi adicionada em {service}',
    intro:
      'Uma chave de acesso foi adicionada à sua conta e permite entrar sem a senha. Se foi você, não precisa fazer nada. Se não foi você, entre e remova-a imediatamente:',
    passwordToo:
      'Depois escolha outra senha. Uma nova senha, sozinha, não remove uma chave de acesso.',
  },
  'passkey-removed': {
    subject: 'Uma chave de acesso foi removida em {service}',
    intro: 'Uma chave de acesso foi removida da sua conta e não permite mais entrar.',
  },
  'passkey-counted-back': {
    subject: 'Uma chave de acesso para {service} pode ter sido copiada',
    intro:
      'Uma chave de acesso da sua conta acabou de ser usada, e o dispositivo dela não contou mais assinaturas do que da última vez. Se foi você, o dispositivo provavelmente foi redefinido ou consertado. Se não foi você, alguém pode ter uma cópia dela: entre e remova-a imediatamente:',
  },
  'password-removed': {
    subject: 'A senha da sua conta em {service} foi removida',
    intro:
      'Sua conta não tem mais senha: o login é feito com as chaves de acesso dela. Se foi você, não precisa fazer nada. Se não foi você, escolha imediatamente uma nova senha:',
    removePasskeys: 'Depois entre e remova as chaves de acesso que não são suas.',
  },
  'factors-reset': {
    subject: 'Seu segundo fator em {service} foi redefinido',
    intro:
      'O administrador de {service} removeu os apps autenticadores, as chaves de acesso e os códigos de recuperação da sua conta. Se você pediu isso, entre com a sua senha, ou escolha uma abaixo se não tiver nenhuma, e configure novos.',
    otherwise:
      'Se você não pediu isso, escolha imediatamente outra senha e entre em contato com o administrador de {service}.',
  },
  'new-device': {
    subject: 'Novo login em {service}',
    intro:
      'Um login na sua conta acabou de ser feito em um dispositivo que nunca tinha sido usado para isso:',
    otherwise:
      'Se foi você, não precisa fazer nada. Se não foi você, encerre essa sessão e escolha imediatamente uma nova senha:',
  },
  'account-deleted': {
    subject: 'Sua conta em {service} foi excluída',
    intro: 'Sua conta foi excluída com todos os dados dela.',
    otherwise: 'Se você não pediu isso, entre em contato com o administrador de {service}.',
  },
};
