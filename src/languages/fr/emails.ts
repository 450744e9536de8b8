/** French texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Choisir un nouveau mot de passe',
    signIn: 'Se connecter',
    verifyEmail: 'Confirmer l’adresse',
    revokeSession: 'Fermer la session',
  },
  notYou:
    'Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, choisissez immédiatement un autre mot de passe :',
  ignore: 'Si ce n’était pas vous, vous n’avez rien à faire.',
  contactOperator:
    'Si vous ne pouvez plus vous connecter, contactez l’administrateur de {service}.',
  codeLifetime: 'Le code est valable {duration}. Ne le communiquez à personne.',
  linkLifetime: 'Le lien est valable une seule fois, pendant {duration}.',
  passkeyName: 'Nom de la clé d’accès : {name}',
  'verification-code': {
    subject: 'Confirmez votre adresse pour {service}',
    intro: 'Saisissez ce code pour confirmer votre adresse e-mail :',
    otherwise:
      'Si ce n’était pas vous, vous n’avez rien à faire : sans le code, l’adresse reste non confirmée.',
  },
  'registration-code': {
    subject: 'Confirmez votre adresse pour {service}',
    intro:
      'Quelqu’un, peut-être vous, a demandé la création d’un compte avec cette adresse. Saisissez ce code pour confirmer cette demande :',
    oneRegistration:
      'Le code n’est valable qu’avec le mot de passe de cette inscription : chaque inscription a son propre code.',
    otherwise:
      'Si ce n’était pas vous, vous n’avez rien à faire : sans le code, aucun compte ne sera créé.',
  },
  'registration-attempt': {
    subject: 'Vous avez déjà un compte sur {service}',
    intro:
      'Quelqu’un, peut-être vous, a demandé la création d’un compte avec cette adresse. Il en existe déjà un, et rien n’y a été modifié. Si vous en avez oublié le mot de passe :',
  },
  'password-reset': {
    subject: 'Réinitialisez votre mot de passe pour {service}',
    intro: 'Suivez ce lien pour choisir un nouveau mot de passe :',
    otherwise:
      'Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe reste inchangé.',
  },
  'password-changed': {
    subject: 'Votre mot de passe pour {service} a été changé',
    intro:
      'Le mot de passe de votre compte a été changé. Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, reprenez immédiatement le contrôle du compte :',
    passkeysStay:
      'Les clés d’accès de votre compte permettent toujours de se connecter. Connectez-vous et supprimez celles qui ne sont pas à vous.',
    neverSent: 'Les mots de passe ne sont jamais envoyés par e-mail.',
  },
  'email-change-code': {
    subject: 'Confirmez votre nouvelle adresse pour {service}',
    intro: 'Saisissez ce code pour faire de cette adresse l’adresse e-mail de votre compte :',
    otherwise: 'Si ce n’était pas vous, vous n’avez rien à faire : sans le code, rien ne change.',
  },
  'email-change-notice': {
    subject: 'Une nouvelle adresse a été demandée sur {service}',
    intro:
      'Quelqu’un, peut-être vous, a demandé le remplacement de cette adresse e-mail de votre compte. Il aura lieu dès que la nouvelle adresse sera confirmée. Si ce n’était pas vous, choisissez immédiatement un autre mot de passe :',
    otherwise: 'Si c’était vous, vous n’avez rien à faire ici.',
  },
  'email-changed': {
    subject: 'Votre adresse pour {service} a été changée',
    intro:
      'Votre compte a désormais une autre adresse e-mail, et ceci est le dernier e-mail envoyé à l’ancienne. Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, connectez-vous tant que votre mot de passe est encore valable et changez le mot de passe et l’adresse :',
  },
  'factor-added': {
    subject: 'Une application d’authentification a été ajoutée sur {service}',
    intro:
      'La connexion à votre compte demande désormais un code d’une application d’authentification, en plus du mot de passe.',
    keepCodes:
      'Conservez les codes de récupération à un endroit où vous les trouverez sans votre téléphone.',
  },
  'factor-removed': {
    subject: 'Une application d’authentification a été supprimée sur {service}',
    intro: 'Une application d’authentification a été supprimée de votre compte.',
  },
  'recovery-codes-replaced': {
    subject: 'Nouveaux codes de récupération sur {service}',
    intro:
      'De nouveaux codes de récupération ont été créés pour votre compte, et les anciens ne sont plus valables.',
    neverSent: 'Les codes de récupération ne sont jamais envoyés par e-mail.',
  },
  'recovery-code-used': {
    subject: 'Un code de récupération a été utilisé sur {service}',
    intro:
      'Un code de récupération de votre compte a été utilisé à la place de l’application d’authentification.',
    left: 'Codes de récupération restants : {left}. Vous pouvez en créer de nouveaux sur la page du compte.',
  },
  'passkey-added': {
    subject: 'Une clé d’accès a été ajoutée sur {service}',
    intro:
      'Une clé d’accès a été ajoutée à votre compte et permet de se connecter sans le mot de passe. Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, connectez-vous et supprimez-la immédiatement :',
    passwordToo:
      'Choisissez ensuite un autre mot de passe. Un nouveau mot de passe ne suffit pas à supprimer une clé d’accès.',
  },
  'passkey-removed': {
    subject: 'Une clé d’accès a été supprimée sur {service}',
    intro: 'Une clé d’accès a été supprimée de votre compte et ne permet plus de se connecter.',
  },
  'passkey-counted-back': {
    subject: 'Une clé d’accès pour {service} a peut-être été copiée',
    intro:
      'Une clé d’accès de votre compte vient d’être utilisée, et son appareil n’a pas compté plus de signatures que la dernière fois. Si c’était vous, l’appareil a probablement été réinitialisé ou réparé. Si ce n’était pas vous, quelqu’un en a peut-être une copie : connectez-vous et supprimez-la immédiatement :',
  },
  'password-removed': {
    subject: 'Le mot de passe de votre compte sur {service} a été supprimé',
    intro:
      'Votre compte n’a plus de mot de passe : on s’y connecte avec ses clés d’accès. Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, choisissez immédiatement un nouveau mot de passe :',
    removePasskeys: 'Connectez-vous ensuite et supprimez les clés d’accès qui ne sont pas à vous.',
  },
  'factors-reset': {
    subject: 'Votre deuxième facteur sur {service} a été réinitialisé',
    intro:
      'L’administrateur de {service} a supprimé les applications d’authentification, les clés d’accès et les codes de récupération de votre compte. Si vous l’avez demandé, connectez-vous avec votre mot de passe, ou choisissez-en un ci-dessous si vous n’en avez pas, puis configurez de nouveaux moyens de connexion.',
    otherwise:
      'Si vous ne l’avez pas demandé, choisissez immédiatement un autre mot de passe et contactez l’administrateur de {service}.',
  },
  'new-device': {
    subject: 'Nouvelle connexion sur {service}',
    intro:
      'Une connexion à votre compte vient d’avoir lieu sur un appareil qui n’avait encore jamais servi à cela :',
    otherwise:
      'Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, fermez cette session et choisissez immédiatement un nouveau mot de passe :',
  },
  'account-deleted': {
    subject: 'Votre compte sur {service} a été supprimé',
    intro: 'Votre compte a été supprimé avec toutes ses données.',
    otherwise: 'Si vous ne l’avez pas demandé, contactez l’administrateur de {service}.',
  },
};
