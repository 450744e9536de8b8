/** French texts of the pages' markup. */
import type { Pages } from '../en/pages.ts';

export const pages: Pages = {
  layout: {
    language: 'Langue',
    support: 'Aide',
    terms: 'Conditions d’utilisation',
    privacy: 'Confidentialité',
  },
  scriptsOff:
    'Cette page nécessite JavaScript. Veuillez l’autoriser pour ce site et recharger la page.',
  signedInScriptsOff:
    'Connexion réussie. Votre profil et vos sessions s’afficheront une fois JavaScript activé.',
  fields: {
    email: 'E-mail',
    username: 'Nom d’utilisateur',
    usernameOrEmail: 'Nom d’utilisateur ou e-mail',
    name: 'Nom (facultatif)',
    password: 'Mot de passe',
    newPassword: 'Nouveau mot de passe',
    currentPassword: 'Mot de passe actuel',
    passwordHint: 'Longueur minimale : {least}. Quelques mots à la suite font un bon mot de passe.',
    code: 'Code reçu par e-mail',
    newEmail: 'Nouvel e-mail',
    picture: 'Adresse d’une image (facultatif)',
    remember: 'Garder ma session ouverte sur cet appareil',
    show: 'Afficher',
    showPassword: 'Afficher le mot de passe',
  },
  login: {
    title: 'Se connecter',
    intro: 'Bon retour parmi nous.',
    submit: 'Se connecter',
    forgot: 'Mot de passe oublié ?',
    newHere: 'Première visite ?',
    register: 'Créer un compte',
    passkey: 'Utiliser une clé d’accès',
  },
  register: {
    title: 'Créer un compte',
    intro: 'Nous envoyons un code à votre adresse e-mail pour vérifier qu’elle est bien à vous.',
    submit: 'Créer le compte',
    haveOne: 'Vous avez déjà un compte ?',
    signIn: 'Se connecter',
  },
  verify: {
    title: 'Confirmez votre e-mail',
    intro:
      'Saisissez les six chiffres de l’e-mail que nous vous avons envoyé, et votre mot de passe.',
    submit: 'Confirmer',
    again: 'Envoyer un nouveau code',
    back: 'Retour à la connexion',
  },
  forgot: {
    title: 'Mot de passe oublié ?',
    intro:
      'Dites-nous qui vous êtes. Si le compte existe, nous envoyons un lien pour choisir un nouveau mot de passe.',
    submit: 'Envoyer le lien',
    back: 'Retour à la connexion',
  },
  reset: {
    title: 'Choisir un nouveau mot de passe',
    intro:
      'Toutes vos sessions seront fermées et vous vous connecterez avec le nouveau mot de passe.',
    submit: 'Définir le mot de passe',
    again: 'Demander un nouveau lien',
  },
  revoke: {
    title: 'Ce n’était pas vous ?',
    intro: 'Fermez cette session maintenant et choisissez un nouveau mot de passe.',
    submit: 'Fermer la session',
    wasMe: 'C’était moi',
  },
  notFound: {
    title: 'Page introuvable',
    intro: 'Il n’y a pas de page à cette adresse.',
    signIn: 'Se connecter',
  },
  home: {
    title: 'Votre compte',
    loading: 'Chargement…',
    profile: 'Profil',
    sessions: 'Vos sessions ouvertes',
    changePassword: 'Changer le mot de passe',
    change: 'Changer le mot de passe',
    signOut: 'Se déconnecter',
    signOutEverywhere: 'Se déconnecter partout',
    editProfile: 'Modifier le profil',
    language: 'Langue des e-mails',
    save: 'Enregistrer',
    changeEmail: 'Changer l’adresse e-mail',
    sendCode: 'Envoyer le code',
    confirmEmail: 'Changer l’adresse',
    renameSession: 'Renommer la session',
    sessionName: 'Nom de la session',
    sessionNameHint: 'Pour la distinguer des autres : l’appareil ou le lieu, par exemple.',
    activity: 'Activité récente',
    showActivity: 'Afficher l’activité récente',
    deleteAccount: 'Supprimer le compte',
    deleteIntro:
      'Votre compte et toutes ses données seront supprimés. Cette action est irréversible.',
    deleteSubmit: 'Supprimer mon compte',
    cancel: 'Annuler',
  },
  secondFactor: {
    title: 'Encore une étape',
    intro: 'Votre application d’authentification affiche un code pour ce compte.',
    submit: 'Se connecter',
    back: 'Retour à la connexion',
    optional:
      'Uniquement si vous avez configuré la validation en deux étapes. Un code de récupération convient aussi.',
    passkey: 'Utiliser plutôt une clé d’accès',
  },
  enrolment: {
    title: 'Configurer la validation en deux étapes',
    required:
      'Votre compte exige une deuxième étape. Configurez-la maintenant pour ouvrir votre session.',
    scan: 'Scannez ce code avec une application d’authentification :',
    qr: 'Code QR contenant la clé secrète',
    open: 'Ouvrir une application de cet appareil',
    secret: 'Ou saisissez cette clé secrète dans l’application :',
    submit: 'Confirmer',
    cancel: 'Annuler',
  },
  recovery: {
    title: 'Vos codes de récupération',
    intro:
      'Avec votre mot de passe, chacun d’eux permet de vous connecter une fois, sans application ni clé d’accès. Conservez-les en lieu sûr : ils ne seront plus affichés.',
    download: 'Télécharger',
    copy: 'Copier',
    print: 'Imprimer',
    goOn: 'Je les ai conservés',
  },
  factors: {
    title: 'Validation en deux étapes',
    add: 'Configurer une application d’authentification',
    newCodes: 'Créer de nouveaux codes de récupération',
    others: 'Votre compte a aussi des sessions ouvertes ailleurs. Sont-elles toutes à vous ?',
    endOthers: 'Se déconnecter partout ailleurs',
  },
  proof: {
    title: 'Est-ce bien vous ?',
    intro: 'Confirmez-le encore une fois pour modifier votre façon de vous connecter.',
    submit: 'Continuer',
    passkey: 'Utiliser une clé d’accès',
    cancel: 'Annuler',
  },
  passkeys: {
    title: 'Clés d’accès',
    intro:
      'Une clé d’accès vous permet de vous connecter avec le verrouillage de l’écran de votre appareil, sans mot de passe ni code.',
    add: 'Ajouter une clé d’accès',
    offer:
      'La prochaine fois, voulez-vous vous connecter avec le verrouillage de l’écran de cet appareil au lieu de votre mot de passe ?',
    notNow: 'Pas maintenant',
    name: 'Nom de la clé d’accès',
    nameHint: 'Pour la distinguer des autres : l’appareil où elle se trouve, par exemple.',
    submit: 'Continuer',
    cancel: 'Annuler',
    passwordless:
      'Avec des clés d’accès, vous n’avez pas besoin de mot de passe. Le supprimer ferme vos autres sessions. Il vous faut pour cela deux clés d’accès, ou une seule et des codes de récupération.',
    removePassword: 'Supprimer le mot de passe',
  },
  docs: { title: 'Référence de l’API', scriptsOff: 'La référence nécessite JavaScript.' },
  mail: {
    title: 'E-mails locaux',
    intro: 'Ce que cette machine aurait envoyé. Tout reste ici et n’est envoyé à personne.',
    none: 'Aucun e-mail pour l’instant.',
    to: 'À',
    reload: 'Recharger',
  },
  invalid: {
    email: 'E-mail ou mot de passe incorrect.',
    username: 'Nom d’utilisateur ou mot de passe incorrect.',
  },
};
