/** Korean texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: '새 비밀번호 설정',
    signIn: '로그인',
    verifyEmail: '주소 확인',
    revokeSession: '세션 종료',
  },
  notYou:
    '본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 즉시 다른 비밀번호를 설정하세요:',
  ignore: '본인이 아니라면 아무것도 하지 않으셔도 됩니다.',
  contactOperator: '더 이상 로그인할 수 없다면 {service} 운영자에게 문의하세요.',
  codeLifetime: '코드 유효 시간: {duration}. 다른 사람에게 알려 주지 마세요.',
  linkLifetime: '링크는 한 번만 사용할 수 있습니다. 유효 시간: {duration}.',
  passkeyName: '패스키 이름: {name}',
  'verification-code': {
    subject: '{service} 이메일 주소 확인',
    intro: '이메일 주소를 확인하려면 다음 코드를 입력하세요:',
    otherwise:
      '본인이 아니라면 아무것도 하지 않으셔도 됩니다. 코드가 없으면 주소는 확인되지 않은 상태로 남습니다.',
  },
  'registration-code': {
    subject: '{service} 이메일 주소 확인',
    intro:
      '누군가(본인일 수도 있습니다) 이 주소로 계정을 만들어 달라고 요청했습니다. 주소를 확인하려면 다음 코드를 입력하세요:',
    oneRegistration:
      '코드는 이번 가입의 비밀번호와 함께 사용할 때만 유효합니다. 가입할 때마다 코드가 따로 발급됩니다.',
    otherwise:
      '본인이 아니라면 아무것도 하지 않으셔도 됩니다. 코드가 없으면 계정은 만들어지지 않습니다.',
  },
  'registration-attempt': {
    subject: '{service} 계정이 이미 있습니다',
    intro:
      '누군가(본인일 수도 있습니다) 이 주소로 계정을 만들어 달라고 요청했습니다. 계정이 이미 있으며, 변경된 것은 없습니다. 비밀번호를 잊으셨다면:',
  },
  'password-reset': {
    subject: '{service} 비밀번호 재설정',
    intro: '새 비밀번호를 설정하려면 다음 링크를 여세요:',
    otherwise: '본인이 아니라면 아무것도 하지 않으셔도 됩니다. 비밀번호는 그대로 유지됩니다.',
  },
  'password-changed': {
    subject: '{service} 비밀번호가 변경되었습니다',
    intro:
      '계정의 비밀번호가 변경되었습니다. 본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 즉시 계정을 되찾으세요:',
    passkeysStay:
      '계정의 패스키로는 이전처럼 로그인할 수 있습니다. 로그인하여 본인의 것이 아닌 패스키를 삭제하세요.',
    neverSent: '비밀번호는 절대 이메일로 보내지 않습니다.',
  },
  'email-change-code': {
    subject: '{service} 새 이메일 주소 확인',
    intro: '이 주소를 계정의 이메일 주소로 사용하려면 다음 코드를 입력하세요:',
    otherwise:
      '본인이 아니라면 아무것도 하지 않으셔도 됩니다. 코드가 없으면 아무것도 변경되지 않습니다.',
  },
  'email-change-notice': {
    subject: '{service} 이메일 주소 변경이 요청되었습니다',
    intro:
      '누군가(본인일 수도 있습니다) 계정의 이 이메일 주소를 바꿔 달라고 요청했습니다. 새 주소가 확인되는 즉시 변경됩니다. 본인이 아니라면 즉시 다른 비밀번호를 설정하세요:',
    otherwise: '본인이 하신 일이라면 여기서 아무것도 하지 않으셔도 됩니다.',
  },
  'email-changed': {
    subject: '{service} 이메일 주소가 변경되었습니다',
    intro:
      '계정의 이메일 주소가 다른 주소로 변경되었으며, 이것이 이 주소로 보내는 마지막 이메일입니다. 본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 비밀번호가 유효한 동안 로그인하여 주소와 비밀번호를 모두 변경하세요:',
  },
  'factor-added': {
    subject: '{service} 계정에 인증 앱이 추가되었습니다',
    intro: '이제 계정에 로그인할 때 비밀번호 외에 인증 앱의 코드도 필요합니다.',
    keepCodes: '복구 코드는 휴대전화 없이도 찾을 수 있는 곳에 보관하세요.',
  },
  'factor-removed': {
    subject: '{service} 계정에서 인증 앱이 삭제되었습니다',
    intro: '계정에서 인증 앱이 삭제되었습니다.',
  },
  'recovery-codes-replaced': {
    subject: '{service} 계정의 새 복구 코드',
    intro: '계정의 새 복구 코드가 만들어졌으며, 이전 코드는 무효가 되었습니다.',
    neverSent: '복구 코드는 절대 이메일로 보내지 않습니다.',
  },
  'recovery-code-used': {
    subject: '{service} 계정의 복구 코드가 사용되었습니다',
    intro: '인증 앱 대신 계정의 복구 코드가 사용되었습니다.',
    left: '남은 복구 코드: {left}. 계정 페이지에서 새로 만들 수 있습니다.',
  },
  'passkey-added': {
    subject: '{service} 계정에 패스키가 추가되었습니다',
    intro:
      '계정에 패스키가 추가되었으며, 이 패스키로 비밀번호 없이 로그인할 수 있습니다. 본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 즉시 로그인하여 삭제하세요:',
    passwordToo:
      '그런 다음 다른 비밀번호를 설정하세요. 새 비밀번호만으로는 패스키가 삭제되지 않습니다.',
  },
  'passkey-removed': {
    subject: '{service} 계정에서 패스키가 삭제되었습니다',
    intro: '계정에서 패스키가 삭제되었으며, 이 패스키로는 더 이상 로그인할 수 없습니다.',
  },
  'passkey-counted-back': {
    subject: '{service} 계정의 패스키가 복제되었을 수 있습니다',
    intro:
      '방금 계정의 패스키가 사용되었는데, 해당 기기의 서명 횟수가 지난번보다 늘지 않았습니다. 본인이라면 기기가 초기화되었거나 수리되었을 가능성이 큽니다. 본인이 아니라면 누군가 사본을 가지고 있을 수 있습니다. 즉시 로그인하여 삭제하세요:',
  },
  'password-removed': {
    subject: '{service} 계정의 비밀번호가 삭제되었습니다',
    intro:
      '계정에 더 이상 비밀번호가 없으며, 패스키로 로그인합니다. 본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 즉시 새 비밀번호를 설정하세요:',
    removePasskeys: '그런 다음 로그인하여 본인의 것이 아닌 패스키를 삭제하세요.',
  },
  'factors-reset': {
    subject: '{service} 계정의 2단계 인증이 재설정되었습니다',
    intro:
      '{service} 운영자가 계정의 인증 앱, 패스키, 복구 코드를 삭제했습니다. 본인이 요청하셨다면 비밀번호로 로그인하거나, 비밀번호가 없으면 아래에서 설정한 후 새로 등록하세요.',
    otherwise: '요청하지 않으셨다면 즉시 다른 비밀번호를 설정하고 {service} 운영자에게 문의하세요.',
  },
  'new-device': {
    subject: '{service} 계정의 새 로그인',
    intro: '이 계정에 사용된 적이 없는 기기에서 방금 로그인이 있었습니다:',
    otherwise:
      '본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다. 본인이 아니라면 즉시 그 세션을 종료하고 새 비밀번호를 설정하세요:',
  },
  'account-deleted': {
    subject: '{service} 계정이 삭제되었습니다',
    intro: '계정과 모든 데이터가 삭제되었습니다.',
    otherwise: '요청하지 않으셨다면 {service} 운영자에게 문의하세요.',
  },
};
