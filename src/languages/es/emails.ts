/** Spanish texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Elegir una contraseña nueva',
    signIn: 'Iniciar sesión',
    verifyEmail: 'Confirmar la dirección',
    revokeSession: 'Cerrar esa sesión',
  },
  notYou:
    'Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, elige de inmediato otra contraseña:',
  ignore: 'Si no fuiste tú, no tienes que hacer nada.',
  contactOperator:
    'Si ya no puedes iniciar sesión, ponte en contacto con el administrador de {service}.',
  codeLifetime: 'El código es válido durante {duration}. No lo compartas.',
  linkLifetime: 'El enlace sirve una sola vez, durante {duration}.',
  passkeyName: 'Nombre de la llave de acceso: {name}',
  'verification-code': {
    subject: 'Confirma tu dirección para {service}',
    intro: 'Introduce este código para confirmar tu dirección de correo electrónico:',
    otherwise:
      'Si no fuiste tú, no tienes que hacer nada: sin el código, la dirección queda sin confirmar.',
  },
  'registration-code': {
    subject: 'Confirma tu dirección para {service}',
    intro:
      'Alguien, quizá tú, ha pedido crear una cuenta con esta dirección. Introduce este código para confirmarlo:',
    oneRegistration:
      'El código solo es válido con la contraseña de este registro: cada registro tiene su propio código.',
    otherwise:
      'Si no fuiste tú, no tienes que hacer nada: sin el código no se creará ninguna cuenta.',
  },
  'registration-attempt': {
    subject: 'Ya tienes una cuenta en {service}',
    intro:
      'Alguien, quizá tú, ha pedido crear una cuenta con esta dirección. Ya existe una y no se ha cambiado nada en ella. Si has olvidado su contraseña:',
  },
  'password-reset': {
    subject: 'Restablece tu contraseña de {service}',
    intro: 'Sigue este enlace para elegir una contraseña nueva:',
    otherwise: 'Si no fuiste tú, no tienes que hacer nada: tu contraseña sigue siendo la misma.',
  },
  'password-changed': {
    subject: 'Se ha cambiado tu contraseña de {service}',
    intro:
      'Se ha cambiado la contraseña de tu cuenta. Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, recupera la cuenta de inmediato:',
    passkeysStay:
      'Con las llaves de acceso de tu cuenta se puede seguir iniciando sesión. Inicia sesión y quita las que no sean tuyas.',
    neverSent: 'Las contraseñas nunca se envían por correo electrónico.',
  },
  'email-change-code': {
    subject: 'Confirma tu nueva dirección para {service}',
    intro:
      'Introduce este código para que esta sea la dirección de correo electrónico de tu cuenta:',
    otherwise: 'Si no fuiste tú, no tienes que hacer nada: sin el código no cambia nada.',
  },
  'email-change-notice': {
    subject: 'Se ha pedido una nueva dirección en {service}',
    intro:
      'Alguien, quizá tú, ha pedido sustituir esta dirección de correo electrónico de tu cuenta. Eso ocurrirá en cuanto se confirme la nueva dirección. Si no fuiste tú, elige de inmediato otra contraseña:',
    otherwise: 'Si fuiste tú, aquí no tienes que hacer nada.',
  },
  'email-changed': {
    subject: 'Se ha cambiado tu dirección de {service}',
    intro:
      'Tu cuenta tiene ahora otra dirección de correo electrónico, y este es el último correo a la anterior. Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, inicia sesión mientras tu contraseña siga siendo válida y cambia la contraseña y la dirección:',
  },
  'factor-added': {
    subject: 'Se ha añadido una app de autenticación en {service}',
    intro:
      'Ahora, para iniciar sesión en tu cuenta, se pide un código de una app de autenticación además de la contraseña.',
    keepCodes: 'Guarda los códigos de recuperación donde los encuentres sin tu teléfono.',
  },
  'factor-removed': {
    subject: 'Se ha quitado una app de autenticación en {service}',
    intro: 'Se ha quitado una app de autenticación de tu cuenta.',
  },
  'recovery-codes-replaced': {
    subject: 'Nuevos códigos de recuperación en {service}',
    intro:
      'Se han creado nuevos códigos de recuperación para tu cuenta, y los antiguos ya no son válidos.',
    neverSent: 'Los códigos de recuperación nunca se envían por correo electrónico.',
  },
  'recovery-code-used': {
    subject: 'Se ha usado un código de recuperación en {service}',
    intro:
      'Se ha usado un código de recuperación de tu cuenta en lugar de la app de autenticación.',
    left: 'Códigos de recuperación restantes: {left}. Puedes crear otros nuevos en la página de la cuenta.',
  },
  'passkey-added': {
    subject: 'Se ha añadido una llave de acceso en {service}',
    intro:
      'Se ha añadido a tu cuenta una llave de acceso que permite iniciar sesión sin la contraseña. Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, inicia sesión y quítala de inmediato:',
    passwordToo:
      'Después elige otra contraseña. Una contraseña nueva por sí sola no quita una llave de acceso.',
  },
  'passkey-removed': {
    subject: 'Se ha quitado una llave de acceso en {service}',
    intro:
      'Se ha quitado de tu cuenta una llave de acceso, y con ella ya no se puede iniciar sesión.',
  },
  'passkey-counted-back': {
    subject: 'Es posible que se haya copiado una llave de acceso en {service}',
    intro:
      'Se acaba de usar una llave de acceso de tu cuenta, y su dispositivo no ha contado más firmas que la última vez. Si fuiste tú, es probable que el dispositivo se haya restablecido o reparado. Si no fuiste tú, puede que alguien tenga una copia: inicia sesión y quítala de inmediato:',
  },
  'password-removed': {
    subject: 'Se ha quitado la contraseña de tu cuenta en {service}',
    intro:
      'Tu cuenta ya no tiene contraseña: se inicia sesión con sus llaves de acceso. Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, elige de inmediato una contraseña nueva:',
    removePasskeys: 'Después inicia sesión y quita las llaves de acceso que no sean tuyas.',
  },
  'factors-reset': {
    subject: 'Se ha restablecido tu segundo factor en {service}',
    intro:
      'El administrador de {service} ha quitado las apps de autenticación, las llaves de acceso y los códigos de recuperación de tu cuenta. Si lo pediste, inicia sesión con tu contraseña, o elige una abajo si no tienes ninguna, y configura otros nuevos.',
    otherwise:
      'Si no lo pediste, elige de inmediato otra contraseña y ponte en contacto con el administrador de {service}.',
  },
  'new-device': {
    subject: 'Nuevo inicio de sesión en {service}',
    intro:
      'Se acaba de iniciar sesión en tu cuenta en un dispositivo que nunca se había usado para ello:',
    otherwise:
      'Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, cierra esa sesión y elige de inmediato una contraseña nueva:',
  },
  'account-deleted': {
    subject: 'Se ha eliminado tu cuenta en {service}',
    intro: 'Tu cuenta se ha eliminado con todos sus datos.',
    otherwise: 'Si no lo pediste, ponte en contacto con el administrador de {service}.',
  },
};
