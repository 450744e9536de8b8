/** Turkish texts of e-mails. */
import type { Emails } from '../en/emails.ts';

export const emails: Emails = {
  links: {
    resetPassword: 'Yeni şifre seç',
    signIn: 'Giriş yap',
    verifyEmail: 'Adresi onayla',
    revokeSession: 'Oturumu sonlandır',
  },
  notYou:
    'Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız hemen başka bir şifre seçin:',
  ignore: 'Bunu siz yapmadıysanız bir şey yapmanız gerekmez.',
  contactOperator: 'Artık giriş yapamıyorsanız {service} işletmecisine başvurun.',
  codeLifetime: 'Kodun geçerlilik süresi: {duration}. Kodu kimseyle paylaşmayın.',
  linkLifetime: 'Bağlantı yalnızca bir kez kullanılabilir. Geçerlilik süresi: {duration}.',
  passkeyName: 'Geçiş anahtarının adı: {name}',
  'verification-code': {
    subject: '{service} için adresinizi onaylayın',
    intro: 'E-posta adresinizi onaylamak için bu kodu girin:',
    otherwise:
      'Bunu siz yapmadıysanız bir şey yapmanız gerekmez: kod olmadan adres onaylanmamış kalır.',
  },
  'registration-code': {
    subject: '{service} için adresinizi onaylayın',
    intro:
      'Birisi, belki siz, bu adresle bir hesap oluşturmak istedi. Adresi onaylamak için bu kodu girin:',
    oneRegistration:
      'Kod yalnızca bu kaydın şifresiyle birlikte geçerlidir: her kaydın kendi kodu vardır.',
    otherwise: 'Bunu siz yapmadıysanız bir şey yapmanız gerekmez: kod olmadan hesap oluşmaz.',
  },
  'registration-attempt': {
    subject: '{service} için zaten bir hesabınız var',
    intro:
      'Birisi, belki siz, bu adresle bir hesap oluşturmak istedi. Böyle bir hesap zaten var ve onda hiçbir şey değiştirilmedi. Şifresini unuttuysanız:',
  },
  'password-reset': {
    subject: '{service} şifrenizi sıfırlayın',
    intro: 'Yeni bir şifre seçmek için bu bağlantıyı açın:',
    otherwise: 'Bunu siz yapmadıysanız bir şey yapmanız gerekmez: şifreniz olduğu gibi kalır.',
  },
  'password-changed': {
    subject: '{service} şifreniz değiştirildi',
    intro:
      'Hesabınızın şifresi değiştirildi. Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız hesabı hemen geri alın:',
    passkeysStay:
      'Hesabınızın geçiş anahtarlarıyla eskisi gibi giriş yapılabilir. Giriş yapıp size ait olmayanları kaldırın.',
    neverSent: 'Şifreler hiçbir zaman e-postayla gönderilmez.',
  },
  'email-change-code': {
    subject: '{service} için yeni adresinizi onaylayın',
    intro: 'Bu adresi hesabınızın e-posta adresi yapmak için bu kodu girin:',
    otherwise: 'Bunu siz yapmadıysanız bir şey yapmanız gerekmez: kod olmadan hiçbir şey değişmez.',
  },
  'email-change-notice': {
    subject: '{service} için yeni bir adres istendi',
    intro:
      'Birisi, belki siz, hesabınızın bu e-posta adresini değiştirmek istedi. Yeni adres onaylanır onaylanmaz bu gerçekleşir. Bunu siz yapmadıysanız hemen başka bir şifre seçin:',
    otherwise: 'Bunu siz yaptıysanız burada bir şey yapmanız gerekmez.',
  },
  'email-changed': {
    subject: '{service} hesabınızın e-posta adresi değiştirildi',
    intro:
      'Hesabınızın artık başka bir e-posta adresi var ve bu, bu adrese gönderilen son e-postaydı. Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız, şifreniz hâlâ geçerliyken giriş yapın, hem şifrenizi hem de adresi değiştirin:',
  },
  'factor-added': {
    subject: '{service} hesabınıza bir kimlik doğrulama uygulaması eklendi',
    intro:
      'Hesabınıza giriş yaparken artık şifrenin yanı sıra bir kimlik doğrulama uygulamasındaki kod da isteniyor.',
    keepCodes: 'Kurtarma kodlarını, telefonunuz olmadan da bulabileceğiniz bir yerde saklayın.',
  },
  'factor-removed': {
    subject: '{service} hesabınızdan bir kimlik doğrulama uygulaması kaldırıldı',
    intro: 'Hesabınızdan bir kimlik doğrulama uygulaması kaldırıldı.',
  },
  'recovery-codes-replaced': {
    subject: '{service} hesabınız için yeni kurtarma kodları',
    intro: 'Hesabınız için yeni kurtarma kodları oluşturuldu, eskileri artık geçersiz.',
    neverSent: 'Kurtarma kodları hiçbir zaman e-postayla gönderilmez.',
  },
  'recovery-code-used': {
    subject: '{service} hesabınızın bir kurtarma kodu kullanıldı',
    intro: 'Kimlik doğrulama uygulaması yerine hesabınızın bir kurtarma kodu kullanıldı.',
    left: 'Kalan kurtarma kodları: {left}. Hesap sayfasında yenileri oluşturulabilir.',
  },
  'passkey-added': {
    subject: '{service} hesabınıza bir geçiş anahtarı eklendi',
    intro:
      'Hesabınıza, şifresiz giriş yapılmasını sağlayan bir geçiş anahtarı eklendi. Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız hemen giriş yapıp onu kaldırın:',
    passwordToo:
      'Ardından başka bir şifre seçin. Yeni bir şifre tek başına geçiş anahtarını kaldırmaz.',
  },
  'passkey-removed': {
    subject: '{service} hesabınızdan bir geçiş anahtarı kaldırıldı',
    intro: 'Hesabınızdan bir geçiş anahtarı kaldırıldı, artık onunla giriş yapılamaz.',
  },
  'passkey-counted-back': {
    subject: '{service} hesabınızın bir geçiş anahtarı kopyalanmış olabilir',
    intro:
      'Hesabınızın bir geçiş anahtarı az önce kullanıldı ve cihazının imza sayısı son seferden bu yana artmadı. Kullanan sizseniz cihaz büyük olasılıkla sıfırlanmış veya onarılmıştır. Siz değilseniz birinde bir kopyası olabilir: hemen giriş yapıp onu kaldırın:',
  },
  'password-removed': {
    subject: '{service} hesabınızın şifresi kaldırıldı',
    intro:
      'Hesabınızın artık şifresi yok: hesaba geçiş anahtarlarıyla giriş yapılıyor. Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız hemen yeni bir şifre seçin:',
    removePasskeys: 'Ardından giriş yapın ve size ait olmayan geçiş anahtarlarını kaldırın.',
  },
  'factors-reset': {
    subject: '{service} girişinizin ikinci adımı sıfırlandı',
    intro:
      '{service} işletmecisi hesabınızın kimlik doğrulama uygulamalarını, geçiş anahtarlarını ve kurtarma kodlarını kaldırdı. Bunu siz istediyseniz şifrenizle giriş yapın ya da şifreniz yoksa aşağıda bir şifre seçin ve yenilerini kurun.',
    otherwise:
      'Bunu siz istemediyseniz hemen başka bir şifre seçin ve {service} işletmecisine başvurun.',
  },
  'new-device': {
    subject: '{service} hesabınıza yeni bir giriş yapıldı',
    intro: 'Az önce hesabınıza, bunun için daha önce kullanılmamış bir cihazdan giriş yapıldı:',
    otherwise:
      'Bunu siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız hemen o oturumu sonlandırın ve yeni bir şifre seçin:',
  },
  'account-deleted': {
    subject: '{service} hesabınız silindi',
    intro: 'Hesabınız tüm verileriyle birlikte silindi.',
    otherwise: 'Bunu siz istemediyseniz {service} işletmecisine başvurun.',
  },
};
