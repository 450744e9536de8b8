/** Simplified Chinese texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: '设置新密码',
    signIn: '登录',
    verifyEmail: '确认邮箱',
    revokeSession: '结束会话',
  },
  notYou: '如果是您本人操作，则无需处理。如果不是，请立即设置另一个密码：',
  ignore: '如果不是您本人操作，则无需处理。',
  contactOperator: '如果您无法再登录，请联系 {service} 的运营方。',
  codeLifetime: '验证码有效期：{duration}。请勿告知他人。',
  linkLifetime: '链接仅可使用一次，有效期：{duration}。',
  passkeyName: '通行密钥名称：{name}',
  'verification-code': {
    subject: '确认您在 {service} 的邮箱',
    intro: '请输入此验证码以确认您的电子邮箱：',
    otherwise: '如果不是您本人操作，则无需处理：没有验证码，该邮箱将保持未确认状态。',
  },
  'registration-code': {
    subject: '确认您在 {service} 的邮箱',
    intro: '有人（可能是您）申请使用此邮箱创建账号。请输入此验证码以确认：',
    oneRegistration: '此验证码只能与本次注册的密码一起使用：每次注册都有各自的验证码。',
    otherwise: '如果不是您本人操作，则无需处理：没有验证码，就不会创建账号。',
  },
  'registration-attempt': {
    subject: '您在 {service} 已有账号',
    intro:
      '有人（可能是您）申请使用此邮箱创建账号。该账号已经存在，且没有任何更改。如果您忘记了它的密码：',
  },
  'password-reset': {
    subject: '重置您在 {service} 的密码',
    intro: '请打开此链接以设置新密码：',
    otherwise: '如果不是您本人操作，则无需处理：您的密码保持不变。',
  },
  'password-changed': {
    subject: '您在 {service} 的密码已更改',
    intro: '您账号的密码已更改。如果是您本人操作，则无需处理。如果不是，请立即找回账号：',
    passkeysStay: '您账号的通行密钥仍可照常登录。请登录并移除不属于您的通行密钥。',
    neverSent: '密码绝不会通过邮件发送。',
  },
  'email-change-code': {
    subject: '确认您在 {service} 的新邮箱',
    intro: '请输入此验证码，将此邮箱设为您账号的电子邮箱：',
    otherwise: '如果不是您本人操作，则无需处理：没有验证码，什么都不会改变。',
  },
  'email-change-notice': {
    subject: '{service} 收到更改邮箱的申请',
    intro:
      '有人（可能是您）申请替换您账号的这个电子邮箱。新邮箱一经确认即会生效。如果不是您本人操作，请立即设置另一个密码：',
    otherwise: '如果是您本人操作，则无需在此处理。',
  },
  'email-changed': {
    subject: '您在 {service} 的邮箱已更改',
    intro:
      '您的账号现在使用另一个电子邮箱，这是发往此邮箱的最后一封邮件。如果是您本人操作，则无需处理。如果不是，请趁您的密码仍有效时登录，并更改邮箱和密码：',
  },
  'factor-added': {
    subject: '您的 {service} 账号已添加身份验证器应用',
    intro: '现在登录您的账号时，除密码外还需要身份验证器应用的验证码。',
    keepCodes: '请将恢复代码保管在没有手机也能找到的地方。',
  },
  'factor-removed': {
    subject: '您的 {service} 账号已移除身份验证器应用',
    intro: '您的账号已移除一个身份验证器应用。',
  },
  'recovery-codes-replaced': {
    subject: '{service} 的新恢复代码',
    intro: '已为您的账号生成新的恢复代码，旧的已失效。',
    neverSent: '恢复代码绝不会通过邮件发送。',
  },
  'recovery-code-used': {
    subject: '您的 {service} 账号的恢复代码已被使用',
    intro: '您账号的一个恢复代码已被用来代替身份验证器应用。',
    left: '剩余恢复代码：{left}。可以在账号页面生成新的恢复代码。',
  },
  'passkey-added': {
    subject: '您的 {service} 账号已添加通行密钥',
    intro:
      '您的账号添加了一个通行密钥，用它登录无需密码。如果是您本人操作，则无需处理。如果不是，请立即登录并将其移除：',
    passwordToo: '然后请设置另一个密码。仅设置新密码并不会移除通行密钥。',
  },
  'passkey-removed': {
    subject: '您的 {service} 账号已移除通行密钥',
    intro: '您的账号已移除一个通行密钥，它不能再用于登录。',
  },
  'passkey-counted-back': {
    subject: '{service} 的通行密钥可能已被复制',
    intro:
      '您账号的一个通行密钥刚刚被使用，而其设备的签名计数与上次相比没有增加。如果是您本人操作，设备可能被重置或维修过。如果不是，可能有人持有它的副本：请立即登录并将其移除：',
  },
  'password-removed': {
    subject: '您在 {service} 的账号密码已移除',
    intro:
      '您的账号不再有密码：登录时使用其通行密钥。如果是您本人操作，则无需处理。如果不是，请立即设置新密码：',
    removePasskeys: '然后请登录，并移除不属于您的通行密钥。',
  },
  'factors-reset': {
    subject: '您在 {service} 的第二步验证已重置',
    intro:
      '{service} 的运营方移除了您账号的身份验证器应用、通行密钥和恢复代码。如果这是您要求的，请使用密码登录（没有密码时请在下方设置），然后重新设置。',
    otherwise: '如果您没有要求这样做，请立即设置另一个密码，并联系 {service} 的运营方。',
  },
  'new-device': {
    subject: '{service} 的新登录',
    intro: '您的账号刚刚在一台以前未用于登录此账号的设备上登录：',
    otherwise: '如果是您本人操作，则无需处理。如果不是，请立即结束该会话并设置新密码：',
  },
  'account-deleted': {
    subject: '您在 {service} 的账号已删除',
    intro: '您的账号及其所有数据已删除。',
    otherwise: '如果您没有要求这样做，请联系 {service} 的运营方。',
  },
};
